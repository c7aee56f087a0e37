import { randomId, systemClock } from "../../../src/adapters/system/clock.js"
import { loadConfig } from "../../../src/app/config.js"
import { openLake, openLog } from "../../../src/app/engines.js"
import { History } from "../../../src/history/history.js"
import { LandedReader } from "../../../src/history/landed.js"
import { openGenesis } from "../../../src/log/genesis.js"
import { SILENT } from "../../../src/ports/logger.js"
import { Tail } from "../../../src/tail/tail.js"
import type { Closers } from "../../comparison/closers.js"
import { RecordingEngine } from "./recordingEngine.js"
import type { Sides } from "./timed.js"

/** The engine of these settings in this process, beside the server's; and our reports over it, for their SQL. */
export async function openStraight(
  settings: Readonly<Record<string, string>>,
  head: number,
  closers: Closers,
): Promise<Omit<Sides, "client">> {
  const config = loadConfig(settings)
  const { lake, engine, checkpoints, close } = await openLake(config, { readOnly: true })
  closers.add(close)
  const log = await openLog(config, { logger: SILENT, readOnly: true })
  closers.add(() => log.close())
  const { signal } = new AbortController()
  const genesis = await openGenesis(log, { realm: config.realm, newId: randomId, signal })
  // All has landed: there is nothing that only the log has.
  const tail = new Tail({ log, genesis, from: head })
  const reader = new LandedReader({ lake, checkpoints, genesis })
  const recorded = new RecordingEngine(engine)
  const history = new History({ reader, engine: recorded, tail, log, clock: systemClock })
  closers.add(() => history.close())
  return { engine, history, recorded }
}
