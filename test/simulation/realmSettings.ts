import type { Role } from "../../src/app/config.js"
import type { RealmSettings } from "../../src/app/realmParts.js"
import { builtInCatalogue } from "../../src/domain/catalogue.js"
import type { Settings } from "./plan.js"

/** About what the tail's buffer takes for one record of the simulation. */
const RECORD_COST = 1800

/** The settings of one process: small sizes, so that every bound is met. */
export function realmSettings(settings: Settings, role: Role): RealmSettings {
  const { lagMax, bufferRecords, warmMax, keyRetention, deadlineMs } = settings
  return {
    ...{ realm: 0, roles: new Set([role]), keyRetention, commandDeadlineMs: deadlineMs },
    landWithinMs: 60_000,
    catalogue: builtInCatalogue,
    keepsSqlViews: false,
    sizes: { lagMax, bufferBytesMax: bufferRecords * RECORD_COST, warmMax },
  }
}
