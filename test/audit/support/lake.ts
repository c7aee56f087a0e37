import { readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { onTestFinished } from "vitest"
import { Database } from "../../../src/adapters/duckdb/database.js"
import { LocalLake } from "../../../src/adapters/localdisk/lake.js"
import { randomId, systemClock } from "../../../src/adapters/system/clock.js"
import { newLander } from "../../../src/app/realm.js"
import type { LakePorts } from "../../../src/app/realmParts.js"
import { tableColumns } from "../../../src/lake/columns.js"
import type { Action } from "../../../src/lake/delta/actions.js"
import { EVENTS_FOLDER } from "../../../src/lake/realmTable.js"
import type { Genesis } from "../../../src/log/commit.js"
import type { Log } from "../../../src/ports/log.js"
import { SILENT } from "../../../src/ports/logger.js"
import type { Column } from "../../../src/ports/parquet.js"
import { temporaryFolder } from "../../support/folder.js"
import { lakePorts } from "../../support/lake.js"

/** A lake in a folder, for a test to damage by hand. */
export class LakeFolder {
  readonly parts: LakePorts
  readonly database: Database
  /** Of the table. */
  readonly folder: string

  private constructor(root: string, database: Database) {
    this.folder = join(root, EVENTS_FOLDER)
    this.database = database
    this.parts = lakePorts(new LocalLake(root), database)
  }

  static async make(): Promise<LakeFolder> {
    const database = await Database.open()
    onTestFinished(() => database.close())
    return new LakeFolder(await temporaryFolder(), database)
  }

  /** Lands a log at least up to each of these offsets, one commit each. */
  async land(
    log: Log,
    genesis: Genesis,
    offsets: readonly number[],
    columns: readonly Column[] = tableColumns(),
  ): Promise<void> {
    const tools = { clock: systemClock, newId: randomId, logger: SILENT }
    for (const offset of offsets) {
      const ports = { ...tools, log, lake: this.parts }
      await newLander(ports, { landWithinMs: 1000 }, { genesis, columns }).landUpTo(offset)
    }
  }

  /** The Parquet files, in the order of their offsets, relative to the table. */
  async parquetFiles(): Promise<string[]> {
    const names = await readdir(this.folder, { recursive: true })
    const start = (name: string) => Number(/\/\d+-(\d+)-/.exec(name)?.[1])
    const files = names.filter(name => name.endsWith(".parquet") && !name.includes("_delta_log"))
    return files.sort((one, other) => start(one) - start(other))
  }

  commitPath(version: number): string {
    return join(this.folder, "_delta_log", `${String(version).padStart(20, "0")}.json`)
  }

  async commit(version: number): Promise<Action[]> {
    const lines = (await readFile(this.commitPath(version), "utf8")).trimEnd().split("\n")
    return lines.map(line => JSON.parse(line) as Action)
  }

  /** Writes a commit over one that is there, or as a foreign writer adds one. */
  async writeCommit(version: number, actions: readonly object[]): Promise<void> {
    await writeFile(this.commitPath(version), actions.map(action => `${JSON.stringify(action)}\n`).join(""))
  }

  async editCommit(version: number, edit: (action: Action) => object): Promise<void> {
    await this.writeCommit(version, (await this.commit(version)).map(edit))
  }
}
