import { randomId, systemClock } from "../adapters/system/clock.js"
import type { Config } from "../app/config.js"
import { openLake, openLog } from "../app/engines.js"
import { newLogger } from "../app/logger.js"
import { LAND_AT_END_MS, newLander } from "../app/realm.js"
import { readGenesis } from "../app/storage.js"
import type { Lander } from "../lander/lander.js"
import type { Log } from "../ports/log.js"
import type { Logger } from "../ports/logger.js"
import { Ending } from "./ending.js"
import { EXIT, output } from "./output.js"
import { readSettings } from "./settings.js"

export interface LandOptions {
  /** Lands what the log holds now, then ends. */
  readonly once: boolean
}

/**
 * Lands the realm's log in the lake, once or until SIGTERM, SIGINT or SIGHUP. An embedded log must not be in
 * use by a server, which lands it itself. Returns the exit code: 1 if it cannot go on. Throws what opening
 * throws.
 */
export async function land({ once }: LandOptions): Promise<number> {
  const config = readSettings()
  const logger = newLogger(config)
  const log = await openLog(config, { logger })
  try {
    return await withLander(config, log, logger, lander =>
      once ? landOnce(lander, log) : follow(lander, logger),
    )
  } finally {
    await log.close()
  }
}

async function withLander<T>(
  config: Config,
  log: Log,
  logger: Logger,
  use: (lander: Lander) => Promise<T>,
): Promise<T> {
  const genesis = await readGenesis(log, config.realm)
  const lake = await openLake(config, { readOnly: false })
  try {
    return await use(
      newLander({ log, lake, clock: systemClock, newId: randomId, logger }, config, { genesis }),
    )
  } finally {
    await lake.close()
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
