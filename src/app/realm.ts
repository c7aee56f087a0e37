import { randomId, systemClock } from "../adapters/system/clock.js"
import { Commands } from "../commands/commands.js"
import type { Health } from "../health/health.js"
import { History } from "../history/history.js"
import { LandedReader } from "../history/landed.js"
import { Lander } from "../lander/lander.js"
import type { LandingLag } from "../lander/landingLag.js"
import { within } from "../lib/deadline.js"
import { sleep } from "../lib/sleep.js"
import type { Genesis } from "../log/commit.js"
import { openGenesis } from "../log/genesis.js"
import { Fault, isFault } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import type { Logger } from "../ports/logger.js"
import type { ViewStore } from "../ports/viewStore.js"
import { Projector } from "../projections/projector.js"
import { StateReader } from "../projections/stateReader.js"
import { ViewStoreHealth } from "../projections/viewStoreHealth.js"
import { whereToBegin } from "../projections/whereToBegin.js"
import { Feed } from "../tail/feed.js"
import { recordsOf } from "../tail/records.js"
import { Tail } from "../tail/tail.js"
import type { Config } from "./config.js"
import { type LakeEngines, openLake, openLog, openViewStore } from "./engines.js"
import { newHealth } from "./health.js"

/** How long a service may be unavailable at the start before we give up. */
const START_WITHIN_MS = 60_000
const START_RETRY_MS = 1000

/** How long landing what was acknowledged may take when the process ends: a part of END_WITHIN_MS. */
export const LAND_AT_END_MS = 8_000

/** One realm in this process, with its parts running. */
export interface Realm {
  readonly genesis: Genesis
  readonly tail: Tail
  readonly stateReader: StateReader
  /** The state of the view store as last seen. */
  readonly viewStoreHealth: ViewStoreHealth
  readonly feed: Feed
  readonly commands: Commands
  readonly projector: Projector | null
  readonly lander: Lander | null
  readonly history: History
  readonly landing: LandingLag
  readonly health: Health
  /** Finishes the work in progress, then closes everything. Idempotent. */
  close(): Promise<void>
}

export interface RealmOptions {
  readonly logger: Logger
  /** Called when the embedded log can no longer write: the process should end. */
  readonly onStopped?: (fault: Fault) => void
  /** Aborts the start; it has no effect afterwards. */
  readonly signal?: AbortSignal
}

/**
 * Opens the engines and starts the parts that the configuration's roles name (R47). It waits up to a minute
 * for services that are unavailable. Throws SHUTTING_DOWN if the signal aborts it, otherwise the Fault,
 * KafkaSettingsError or FolderError that says what is wrong.
 */
export async function openRealm(config: Config, options: RealmOptions): Promise<Realm> {
  const { logger, signal = new AbortController().signal } = options
  const retries = new StartRetries(logger, signal)
  const log = await retries.until(() => openLog(config, { ...options, signal }))
  let store: ViewStore | null = null
  let lake: LakeEngines | null = null
  try {
    store = await retries.until(() => openViewStore(config, { logger, signal }))
    lake = await openLake(config, { readOnly: false })
    return await start({ config, logger, log, store, lake, retries })
  } catch (error) {
    await lake?.close()
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
  readonly lake: LakeEngines
  readonly retries: StartRetries
}

async function start({ config, logger, log, store, lake, retries }: Opened): Promise<Realm> {
  const { realm, keyRetention } = config
  const clock = systemClock
  const newId = randomId
  const { signal: giveUp } = retries
  const genesis = await retries.until(() => openGenesis(log, { realm, newId, signal: giveUp }))
  const from = await retries.until(() => whereToBegin(log, store, genesis, giveUp))

  const tail = new Tail({ log, genesis, from })
  const stateReader = new StateReader(store, tail, clock)
  const feed = new Feed({ tail, log, clock })
  const viewStoreHealth = new ViewStoreHealth(store, stateReader)
  const commands = new Commands({
    ...{ log, tail, stateReader, clock, newId, keyRetention },
    random: Math.random,
    deadlineMs: config.commandDeadlineMs,
    refuseWork: () => viewStoreHealth.refuseWork(),
  })
  const projecting = config.roles.has("projector")
  const records = (next: number, signal: AbortSignal) => recordsOf(tail, log, next, signal)
  const parts = { log, genesis, store, clock, logger, keyRetention, records }
  const projector = projecting ? new Projector(parts) : null
  const { landWithinMs } = config
  const landing = { ...lake, log, genesis, clock, logger, newId, landWithinMs, records }
  const lander = config.roles.has("lander") ? new Lander(landing) : null
  const reader = new LandedReader({ ...lake, genesis })
  const history = new History({ engine: lake.engine, reader, tail, log, clock })
  const shared = { tail, commands, viewStoreHealth, projector, lander, reader, history }
  const { health, landing: landingLag } = newHealth({ ...shared, config, clock, logger, log, store, lake })
  tail.start()
  projector?.start()
  void lander?.start()
  health.start()

  let closed: Promise<void> | null = null
  const close = async () => {
    await commands.stop()
    await history.close()
    const healthStopped = health.stop()
    const landerStopped = lander?.stop(LAND_AT_END_MS) ?? Promise.resolve()
    await within(landerStopped, LAND_AT_END_MS, () => new Error("late")).catch(() => {})
    // Ends a call to a lake that does not answer, which would otherwise be retried for half a minute.
    await Promise.all([lake.lake.close(), lake.probeLake.close()])
    await Promise.all([landerStopped, healthStopped])
    await projector?.stop()
    await tail.stop()
    await lake.close()
    await store.close().finally(() => log.close())
  }
  return {
    ...{ genesis, tail, stateReader, viewStoreHealth, feed, commands, projector, lander, history, health },
    landing: landingLag,
    close() {
      closed ??= close()
      return closed
    },
  }
}

/** Retries while a service is unavailable, and logs each reason once. */
class StartRetries {
  readonly signal: AbortSignal
  readonly #logger: Logger
  #reported = ""

  constructor(logger: Logger, signal: AbortSignal) {
    this.#logger = logger
    this.signal = signal
  }

  /** Throws the attempt's error if waiting cannot fix it or has taken too long; SHUTTING_DOWN if aborted. */
  async until<T>(attempt: () => Promise<T>): Promise<T> {
    const until = systemClock.now() + START_WITHIN_MS
    for (;;) {
      this.#assertWanted()
      try {
        return await attempt()
      } catch (error) {
        this.#assertWanted()
        const away = isFault(error) && error.retryable
        if (!away || systemClock.now() + START_RETRY_MS > until) throw error
        this.#report(error)
        await sleep(systemClock, START_RETRY_MS, this.signal)
      }
    }
  }

  #assertWanted(): void {
    if (this.signal.aborted) throw new Fault("SHUTTING_DOWN", "asked to end before it had started")
  }

  #report({ code, message }: Fault): void {
    if (message !== this.#reported) this.#logger.warn({ code }, `waiting: ${message}`)
    this.#reported = message
  }
}
