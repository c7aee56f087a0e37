import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DuckdbCheckpointFiles } from "../../src/adapters/duckdb/checkpointFiles.js"
import type { Database } from "../../src/adapters/duckdb/database.js"
import { DuckdbHistoryEngine } from "../../src/adapters/duckdb/historyEngine.js"
import { DuckdbParquetWriter } from "../../src/adapters/duckdb/parquetWriter.js"
import { LocalLake } from "../../src/adapters/localdisk/lake.js"
import type { LakePorts } from "../../src/app/realmParts.js"
import { EVENTS_FOLDER } from "../../src/lake/realmTable.js"

/** A lake in its own folder, which `remove` removes. */
export async function openGameLake(database: Database): Promise<LakePorts & { remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "guildhall-lake-"))
  const lake = new LocalLake(folder)
  return {
    ...{ lake, probeLake: lake },
    writer: new DuckdbParquetWriter(database),
    checkpoints: new DuckdbCheckpointFiles(database),
    engine: new DuckdbHistoryEngine({ folder: join(lake.root, EVENTS_FOLDER), database }),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
