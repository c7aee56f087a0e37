import { randomId, systemClock } from "../adapters/system/clock.js"
import { isBehind } from "../commands/admission.js"
import { Commands } from "../commands/commands.js"
import type { Config } from "../config.js"
import type { Genesis } from "../log/commit.js"
import { openGenesis } from "../log/genesis.js"
import { type Fault, isFault } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import type { Logger } from "../ports/logger.js"
import type { ViewStore } from "../ports/viewStore.js"
import { Projector } from "../projections/projector.js"
import { delay } from "../tail/deadline.js"
import { recordsOf } from "../tail/records.js"
import { Tail } from "../tail/tail.js"
import { Views } from "../tail/views.js"
import { ViewsWatch } from "../tail/viewsWatch.js"
import { whereToBegin } from "../tail/whereToBegin.js"
import { openLog, openViewStore } from "./engines.js"

/** How long a service may be away at the start before we give up. */
const START_WITHIN_MS = 60_000
const START_RETRY_MS = 1000

/** One realm in this process, its parts running. */
export interface Realm {
  readonly genesis: Genesis
  readonly tail: Tail
  readonly views: Views
  readonly commands: Commands
  readonly projector: Projector | null
  /** Why it should get no requests at the moment; empty when it should. */
  unready(): readonly string[]
  /** Finishes what is on its way, then closes everything. Repeatable. */
  close(): Promise<void>
}

/**
 * Opens the engines and starts the parts that the configuration's roles name. Services that are away are waited for,
 * up to a minute. Throws the Fault or FolderError that says what is wrong.
 */
export async function openRealm(
  config: Config,
  logger: Logger,
  onStopped: (fault: Fault) => void,
): Promise<Realm> {
  const abort = new AbortController()
  const log = await patiently(logger, () => openLog(config, { logger, onStopped }))
  let store: ViewStore | null = null
  try {
    store = await patiently(logger, () => openViewStore(config, { logger }))
    return await start({ config, logger, log, store, abort })
  } catch (error) {
    abort.abort()
    await store?.close()
    await log.close()
    throw error
  }
}

interface Opened {
  readonly config: Config
  readonly logger: Logger
  readonly log: Log
  readonly store: ViewStore
  readonly abort: AbortController
}

async function start({ config, logger, log, store, abort }: Opened): Promise<Realm> {
  const { realm, keyRetention } = config
  const clock = systemClock
  const newId = randomId
  const genesis = await patiently(logger, () => openGenesis(log, { realm, newId, signal: abort.signal }))
  const from = await patiently(logger, () => whereToBegin(log, store, genesis, abort.signal))

  const tail = new Tail({ log, genesis, from })
  const views = new Views(store, tail, clock)
  const watch = new ViewsWatch(store, views, clock)
  const commands = new Commands({
    ...{ log, tail, views, clock, newId, keyRetention },
    random: Math.random,
    deadlineMs: config.commandDeadlineMs,
    refuseWork: () => watch.refuseWork(),
  })
  const projecting = config.roles.has("projector")
  const records = (next: number, signal: AbortSignal) => recordsOf(tail, log, next, signal)
  const parts = { log, genesis, store, clock, logger, keyRetention, records }
  const projector = projecting ? new Projector(parts) : null
  tail.start()
  projector?.start()
  watch.start()

  let closed: Promise<void> | null = null
  const close = async () => {
    await commands.stop()
    watch.stop()
    abort.abort()
    await projector?.stop()
    await tail.stop()
    await store.close()
    await log.close()
  }
  return {
    ...{ genesis, tail, views, commands, projector },
    unready: () => unready(tail, watch, projector),
    close() {
      closed ??= close()
      return closed
    },
  }
}

function unready(tail: Tail, watch: ViewsWatch, projector: Projector | null): string[] {
  const reasons: string[] = []
  if (tail.fault !== null) reasons.push(`log: ${tail.fault.message}`)
  else if (tail.position === 0) reasons.push("log: nothing read yet")
  else if (isBehind(tail)) reasons.push(`log: ${tail.head - tail.position} records to read`)
  if (watch.problem !== null) reasons.push(`views: ${watch.problem.message}`)
  const full = watch.refuseWork()
  if (full !== null) reasons.push(`views: ${full.message}`)
  if (projector !== null && projector.fault !== null) reasons.push(`projector: ${projector.fault.message}`)
  return reasons
}

/** Tries again while the service is away. */
async function patiently<T>(logger: Logger, attempt: () => Promise<T>): Promise<T> {
  const until = systemClock.now() + START_WITHIN_MS
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      const away = isFault(error) && error.retryable
      if (!away || systemClock.now() + START_RETRY_MS > until) throw error
      logger.warn({ code: error.code }, `waiting: ${error.message}`)
      await delay(systemClock, START_RETRY_MS)
    }
  }
}
