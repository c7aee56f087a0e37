import { commandMetrics } from "../commands/metrics.js"
import { healthMetrics } from "../health/metrics.js"
import { landerMetrics, landingMetrics } from "../lander/metrics.js"
import { info, type Metric } from "../lib/metrics.js"
import { projectorMetrics, viewStoreMetrics, viewsMetrics } from "../projections/metrics.js"
import { feedMetrics, tailMetrics } from "../tail/metrics.js"
import type { Config } from "./config.js"
import { engineNames } from "./engines.js"
import type { Realm } from "./realm.js"
import { version } from "./version.js"

/** The metrics of all parts of a realm in this process. `docs/operations.md` explains each. */
export function realmMetrics(config: Config, realm: Realm): Metric[] {
  const { commands, tail, stateReader, viewStoreHealth, feed, projector, lander, landing, health } = realm
  const build = { version: version(), realm: String(config.realm), ...engineNames(config) }
  return [
    info("guildhall_build_info", "Always 1: the version of this build, its realm, and its engines.", build),
    ...healthMetrics(health),
    ...commandMetrics(commands),
    ...tailMetrics(tail),
    ...viewsMetrics(tail, stateReader),
    ...viewStoreMetrics(viewStoreHealth),
    ...(projector === null ? [] : projectorMetrics(projector)),
    ...(lander === null ? [] : landerMetrics(lander)),
    ...landingMetrics(landing),
    ...feedMetrics(feed),
  ]
}
