import { randomUUID } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DuckdbCheckpointFiles } from "../../src/adapters/duckdb/checkpointFiles.js"
import type { Database } from "../../src/adapters/duckdb/database.js"
import { DuckdbHistoryEngine } from "../../src/adapters/duckdb/historyEngine.js"
import { DuckdbParquetWriter } from "../../src/adapters/duckdb/parquetWriter.js"
import { LocalLake } from "../../src/adapters/localdisk/lake.js"
import { systemClock } from "../../src/adapters/system/clock.js"
import { History } from "../../src/history/history.js"
import { LandedReader } from "../../src/history/landed.js"
import { EVENTS_FOLDER } from "../../src/lake/realmTable.js"
import { Lander } from "../../src/lander/lander.js"
import type { Log } from "../../src/ports/log.js"
import { SILENT } from "../../src/ports/logger.js"
import type { Tail } from "../../src/tail/tail.js"

export interface GameLake {
  readonly history: History
  /** Lands what the tail has read. */
  land(): Promise<void>
  close(): Promise<void>
}

/** A lake in its own folder, and the history over it. */
export async function openGameLake({
  database,
  log,
  tail,
}: {
  readonly database: Database
  readonly log: Log
  readonly tail: Tail
}): Promise<GameLake> {
  const folder = await mkdtemp(join(tmpdir(), "guildhall-lake-"))
  const lake = new LocalLake(folder)
  const { genesis } = tail
  const checkpoints = new DuckdbCheckpointFiles(database)
  const engine = new DuckdbHistoryEngine({ folder: join(lake.root, EVENTS_FOLDER), database })
  const reader = new LandedReader({ lake, checkpoints, genesis })
  const clock = systemClock
  const history = new History({ reader, engine, tail, log, clock })
  const writer = new DuckdbParquetWriter(database)
  const landing = { lake, writer, checkpoints, log, genesis, clock, logger: SILENT, newId: randomUUID }
  return {
    history,
    async land() {
      const lander = new Lander({ ...landing, landWithinMs: 1000 })
      await lander.landUpTo(tail.position)
      await lander.stop()
    },
    async close() {
      await history.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
