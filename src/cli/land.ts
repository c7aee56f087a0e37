import { randomId, systemClock } from "../adapters/system/clock.js"
import { type LakeEngines, openLake, openLog } from "../app/engines.js"
import { newLogger } from "../app/logger.js"
import { LAND_AT_END_MS, newLander } from "../app/realm.js"
import { readGenesis } from "../app/storage.js"
import type { Lander } from "../lander/lander.js"
import type { Log } from "../ports/log.js"
import type { Logger } from "../ports/logger.js"
import { Ending } from "./ending.js"
import { EXIT, output } from "./output.js"
import { readSettings } from "./settings.js"

/**
 * Lands the realm's log in the lake: what it holds now, or on until SIGTERM, SIGINT or SIGHUP. An embedded log
 * must not be in use by a server, which lands it itself. Returns the exit code: 1 if it cannot go on.
 * Throws what opening throws.
 */
export async function land({ once }: { readonly once: boolean }): Promise<number> {
  const config = readSettings()
  const logger = newLogger(config)
  const log = await openLog(config, { logger })
  let lake: LakeEngines | null = null
  try {
    const genesis = await readGenesis(log, config.realm)
    lake = await openLake(config, { readOnly: false })
    const lander = newLander({ log, lake, clock: systemClock, newId: randomId, logger }, config, { genesis })
    return await (once ? landOnce(lander, log) : follow(lander, logger))
  } finally {
    await lake?.close()
    await log.close()
  }
}

async function landOnce(lander: Lander, log: Log): Promise<number> {
  const { head } = await log.bounds()
  await lander.landUpTo(head)
  const { files, rows, bytes } = lander.figures
  output.line(`landed to offset ${lander.landed}: ${rows} rows in ${files} files, ${bytes} bytes`)
  return EXIT.ok
}

async function follow(lander: Lander, logger: Logger): Promise<number> {
  const ending = new Ending(logger)
  void lander.start().then(() => {
    if (lander.fault !== null) ending.failed(lander.fault.message)
  })
  try {
    return await ending.code
  } finally {
    await lander.stop(LAND_AT_END_MS)
    ending.forget()
  }
}
