import { loadConfig } from "../../../src/app/config.js"
import { openLog } from "../../../src/app/engines.js"
import { SILENT } from "../../../src/ports/logger.js"
import type { LogSize } from "./landing.js"
import { fillLog, type Tally } from "./purchasesLog.js"

/** The settings of each log, as a `guildhall` process takes them. */
export type LogSettings = Readonly<Record<LogSize, Readonly<Record<string, string>>>>

/** Fills both logs, which must be empty, with so many purchases each. */
export async function fillLogs(
  settings: LogSettings,
  sizes: Readonly<Record<LogSize, number>>,
): Promise<Readonly<Record<LogSize, Tally>>> {
  const fill = async (size: LogSize) => {
    const log = await openLog(loadConfig(settings[size]), { logger: SILENT })
    try {
      return await fillLog(log, sizes[size])
    } finally {
      await log.close()
    }
  }
  return { few: await fill("few"), all: await fill("all") }
}
