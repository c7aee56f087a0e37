import { readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type DuckDBConnection, DuckDBInstance, DuckDBTimestampTZValue } from "@duckdb/node-api"
import { within } from "../../lib/deadline.js"
import { systemReason } from "../../lib/systemError.js"
import { Fault, isFault } from "../../ports/faults.js"
import { WorkFolder } from "./workFolder.js"

/** What DuckDB may take of this process: it spills to its folder beyond that. */
const MEMORY_LIMIT = "1GB"
const THREADS = "2"

/** No file takes longer to be written or read, also where the disk does not answer. */
const LIMIT_MS = 120_000

/** Times with a zone are texts in UTC, wherever the machine is: as the sessions of `Database` have it in SQL. */
DuckDBTimestampTZValue.timezoneOffsetInMinutes = 0

/** DuckDB in memory, with its own folder for temporary files; one per process. */
export class Database {
  readonly #instance: DuckDBInstance
  /** Of the folder: it has the lock. */
  readonly #connection: DuckDBConnection
  readonly #folder: WorkFolder
  #names = 0

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, folder: WorkFolder) {
    this.#instance = instance
    this.#connection = connection
    this.#folder = folder
  }

  /**
   * Puts its folder in the first of these that can be used. When none can, throws HISTORY_UNAVAILABLE, which names each
   * with the reason.
   */
  static async open(parents: readonly string[] = [tmpdir()]): Promise<Database> {
    const problems: string[] = []
    for (const parent of parents) {
      try {
        return await Database.#in(parent)
      } catch (error) {
        problems.push(unusable(parent, error))
      }
    }
    throw new Fault("HISTORY_UNAVAILABLE", problems.join("; "))
  }

  static async #in(parent: string): Promise<Database> {
    const folder = new WorkFolder(parent)
    const instance = await DuckDBInstance.create(":memory:", {
      memory_limit: MEMORY_LIMIT,
      threads: THREADS,
      temp_directory: join(folder.path, "spilled"),
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
    })
    const connection = await instance.connect()
    const database = new Database(instance, connection, folder)
    try {
      await connection.run("SET GLOBAL TimeZone = 'UTC'")
      await folder.ensure(connection)
      await folder.clean(connection)
      return database
    } catch (error) {
      await database.close()
      throw error
    }
  }

  /** Works on a connection of its own. */
  async connected<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#instance.connect()
    try {
      return await work(connection)
    } finally {
      connection.closeSync()
    }
  }

  /** What a statement has written to the file of this path. Throws HISTORY_UNAVAILABLE, and what the work throws. */
  written(write: (path: string) => Promise<unknown>): Promise<Uint8Array> {
    return this.#withFile(async path => {
      await this.#stored(write(path))
      return this.#stored(readFile(path))
    })
  }

  /** Works on a file of these bytes. Throws HISTORY_UNAVAILABLE, and what the work throws. */
  reading<T>(bytes: Uint8Array, work: (path: string) => Promise<T>): Promise<T> {
    return this.#withFile(async path => {
      await this.#stored(writeFile(path, bytes, { mode: 0o600 }))
      return work(path)
    })
  }

  async close(): Promise<void> {
    await this.#folder.remove(this.#connection).finally(() => {
      this.#connection.closeSync()
      this.#instance.closeSync()
    })
  }

  #withFile<T>(work: (path: string) => Promise<T>): Promise<T> {
    this.#names += 1
    const path = join(this.#folder.path, `${this.#names}.file`)
    const done = async () => {
      // Cleaners of temporary folders may take what was quiet for days.
      await this.#stored(this.#folder.ensure(this.#connection))
      try {
        return await work(path)
      } finally {
        await rm(path, { force: true }).catch(() => {})
      }
    }
    const late = () =>
      new Fault("HISTORY_UNAVAILABLE", unusable(this.#folder.path, `not finished within ${LIMIT_MS} ms`))
    return within(done(), LIMIT_MS, late)
  }

  /** The folder's own trouble, which waiting may fix, as opposed to what is wrong with a file's content. */
  async #stored<T>(storing: Promise<T>): Promise<T> {
    try {
      return await storing
    } catch (error) {
      if (isFault(error) || !isOfStorage(error)) throw error
      throw new Fault("HISTORY_UNAVAILABLE", unusable(this.#folder.path, error), { cause: error })
    }
  }
}

/** DuckDB says so by how its message begins, and by nothing else. */
function isOfStorage(error: unknown): boolean {
  return error instanceof Error && ("code" in error || /^(IO|Out of Memory) Error/.test(error.message))
}

function unusable(folder: string, error: unknown): string {
  return `duckdb: cannot work in the folder ${folder} (setting WORK_DIR): ${systemReason(error)}`
}
