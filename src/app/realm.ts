import { Commands } from "../commands/commands.js"
import { RULES, type Rules } from "../commands/rules.js"
import type { Health } from "../health/health.js"
import { History } from "../history/history.js"
import { LandedReader } from "../history/landed.js"
import { Lander, type LanderOptions } from "../lander/lander.js"
import type { LandingLag } from "../lander/landingLag.js"
import { within } from "../lib/deadline.js"
import { once } from "../lib/once.js"
import type { Genesis } from "../log/commit.js"
import { openGenesis } from "../log/genesis.js"
import { Projector } from "../projections/projector.js"
import { StateReader } from "../projections/stateReader.js"
import { ViewStoreHealth } from "../projections/viewStoreHealth.js"
import { whereToBegin } from "../projections/whereToBegin.js"
import { Feed } from "../tail/feed.js"
import { recordsOf } from "../tail/records.js"
import { Tail } from "../tail/tail.js"
import { newHealth } from "./health.js"
import type { LanderPorts, RealmParts, RealmPorts, RealmSettings } from "./realmParts.js"
import { StartRetries } from "./startRetries.js"

/** How long landing what was acknowledged may take when the process ends: a part of END_WITHIN_MS. */
export const LAND_AT_END_MS = 8_000

/** One realm in this process, with its parts running. */
export interface Realm extends RealmParts {
  readonly genesis: Genesis
  readonly landing: LandingLag
  readonly health: Health
  /** Finishes the work in progress, then stops every part, and closes the lake. The other ports stay open. Idempotent. */
  close(): Promise<void>
}

/**
 * The one place where a process is put together: makes the parts that the roles name on these ports, and starts
 * them (R47). It waits up to a minute for ports that are unavailable. Throws SHUTTING_DOWN if the signal aborts
 * it, otherwise the Fault that says what is wrong. Only the simulation gives other rules for the write path.
 */
export async function startRealm(
  ports: RealmPorts,
  settings: RealmSettings,
  signal: AbortSignal,
  rules: Rules = RULES,
): Promise<Realm> {
  const { log, viewStore, lake, clock, newId, logger } = ports
  const { realm, sizes = {} } = settings
  const retries = new StartRetries(clock, logger, signal)
  const genesis = await retries.until(() => openGenesis(log, { realm, newId, signal, ...sizes }))
  const from = await retries.until(() => whereToBegin(log, viewStore, genesis, signal))
  const parts = newParts(ports, settings, { genesis, from }, rules)
  const { health, landing } = newHealth({ ...ports, ...settings, ...parts })
  const { tail, commands, projector, lander, history } = parts

  const close = once(async () => {
    await commands.stop()
    await history?.close()
    const healthStopped = health.stop()
    const landerStopped = lander?.stop(LAND_AT_END_MS) ?? Promise.resolve()
    await within(landerStopped, LAND_AT_END_MS, () => new Error("late")).catch(() => {})
    // Ends a call to a lake that does not answer, which would otherwise be retried for half a minute.
    await Promise.all([lake?.lake.close(), lake?.probeLake.close()])
    await Promise.all([landerStopped, healthStopped])
    await projector?.stop()
    await tail.stop()
  })
  try {
    tail.start()
    void projector?.start()
    void lander?.start()
    health.start()
    commands.start()
  } catch (error) {
    // The error of the start is the one to show.
    await close().catch((late: Error) => logger.warn({ error: late.message }, "closing what had started"))
    throw error
  }
  return { genesis, ...parts, landing, health, close }
}

/** Makes the parts that the roles name; starts none. The tail begins at `from`. */
export function newParts(
  ports: RealmPorts,
  settings: RealmSettings,
  { genesis, from }: { readonly genesis: Genesis; readonly from: number },
  rules: Rules = RULES,
): RealmParts {
  const { log, viewStore, lake, clock, random, newId, logger } = ports
  const { roles, keyRetention, commandDeadlineMs: deadlineMs, sizes = {} } = settings
  const tail = new Tail({ log, genesis, from, ...sizes })
  const stateReader = new StateReader(viewStore, tail, clock)
  const viewStoreHealth = new ViewStoreHealth(viewStore, stateReader)
  const refuseWork = () => viewStoreHealth.refuseWork()
  const accepting = { log, tail, stateReader, clock, random, newId, keyRetention, deadlineMs, refuseWork }
  const records = (next: number, end: AbortSignal) => recordsOf(tail, log, next, end)
  const consuming = { log, genesis, clock, logger, records }
  const lands = lake !== null && roles.has("lander")
  const reader = lake === null ? null : new LandedReader({ ...lake, genesis })
  const past = { tail, log, clock, ...sizes.historyBounds }
  return {
    ...{ tail, stateReader, viewStoreHealth, reader },
    feed: new Feed({ tail, log, clock, bounds: sizes.feedBounds ?? {} }),
    commands: new Commands({ ...accepting, ...sizes }, rules),
    projector: roles.has("projector")
      ? new Projector({ ...consuming, store: viewStore, keyRetention })
      : null,
    lander: lands ? newLander({ ...ports, lake }, settings, { genesis, records }) : null,
    history: lake === null || reader === null ? null : new History({ engine: lake.engine, reader, ...past }),
  }
}

/** A lander on these ports. Where its records come from may be given; otherwise it reads the log by itself. */
export function newLander(
  { log, clock, newId, logger, lake: { lake, writer, checkpoints } }: LanderPorts,
  { landWithinMs }: Pick<RealmSettings, "landWithinMs">,
  realm: Pick<LanderOptions, "genesis" | "records" | "columns">,
): Lander {
  return new Lander({ log, clock, newId, logger, lake, writer, checkpoints, landWithinMs, ...realm })
}
