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
import type { Lake } from "../../src/ports/lake.js"

/** What landers and the history work with, over any lake; the engine works only on a lake in a folder. */
export function lakePorts(lake: Lake, database: Database): LakePorts {
  return {
    ...{ lake, probeLake: lake },
    writer: new DuckdbParquetWriter(database),
    checkpoints: new DuckdbCheckpointFiles(database),
    engine: new DuckdbHistoryEngine({ folder: join(lake.root, EVENTS_FOLDER), database }),
  }
}

/** A lake in its own folder, which `remove` removes. */
export async function openFolderLake(): Promise<{ readonly lake: Lake; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "guildhall-lake-"))
  return { lake: new LocalLake(folder), remove: () => rm(folder, { recursive: true, force: true }) }
}
