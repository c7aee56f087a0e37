import type { Role } from "../../src/app/config.js"
import type { RealmSettings } from "../../src/app/realmParts.js"
import { realmSettings } from "../support/realm.js"
import type { Settings } from "./plan.js"

/** About what the tail's buffer takes for one record of the simulation. */
const RECORD_COST = 1800

/** The settings of one process: small sizes, so that every bound is met. */
export function settingsOf(settings: Settings, role: Role): RealmSettings {
  const { lagMax, bufferRecords, warmMax, keyRetention, deadlineMs } = settings
  const sizes = { lagMax, bufferBytesMax: bufferRecords * RECORD_COST, warmMax }
  return realmSettings({ roles: new Set([role]), keyRetention, commandDeadlineMs: deadlineMs, sizes })
}
