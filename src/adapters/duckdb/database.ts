import { readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type DuckDBConnection, DuckDBInstance, DuckDBTimestampTZValue } from "@duckdb/node-api"
import { within } from "../../lib/deadline.js"
import { systemReason } from "../../lib/systemError.js"
import { Fault, isFault } from "../../ports/faults.js"
import { WorkFolder } from "./workFolder.js"

/** How much memory DuckDB may take; beyond that it spills to its folder. */
const MEMORY_LIMIT = "1GB"
const THREADS = "2"

/** The longest that writing or reading a file may take, even when the disk does not answer. */
const LIMIT_MS = 120_000

/** Times with a zone become texts in UTC, wherever the machine is, as in the SQL sessions of `Database`. */
DuckDBTimestampTZValue.timezoneOffsetInMinutes = 0

/** DuckDB in memory, with its own folder for temporary files; one per process. */
export class Database {
  readonly #instance: DuckDBInstance
  /** Holds the folder's lock. */
  readonly #connection: DuckDBConnection
  readonly #folder: WorkFolder
  #names = 0

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, folder: WorkFolder) {
    this.#instance = instance
    this.#connection = connection
    this.#folder = folder
  }

  /**
   * Puts its folder in the first of these that is usable. When none is, throws HISTORY_UNAVAILABLE, which names each with
   * its problem.
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

  /** Runs the work on its own connection. */
  async connected<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#instance.connect()
    try {
      return await work(connection)
    } finally {
      connection.closeSync()
    }
  }

  /** The bytes that a statement writes to the file at this path. Throws HISTORY_UNAVAILABLE, and what the work throws. */
  written(write: (path: string) => Promise<unknown>): Promise<Uint8Array> {
    return this.#withFile(async path => {
      await this.#stored(write(path))
      return this.#stored(readFile(path))
    })
  }

  /** Runs the work on a file of these bytes. Throws HISTORY_UNAVAILABLE, and what the work throws. */
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
      // Cleaners of temporary folders may delete what was idle for days.
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

  /** Separates the folder's own problems, which waiting may fix, from those of a file's content. */
  async #stored<T>(storing: Promise<T>): Promise<T> {
    try {
      return await storing
    } catch (error) {
      if (isFault(error) || !isOfStorage(error)) throw error
      throw new Fault("HISTORY_UNAVAILABLE", unusable(this.#folder.path, error), { cause: error })
    }
  }
}

/** DuckDB marks a storage error only by the beginning of its message. */
function isOfStorage(error: unknown): boolean {
  return error instanceof Error && ("code" in error || /^(IO|Out of Memory) Error/.test(error.message))
}

function unusable(folder: string, error: unknown): string {
  return `duckdb: cannot work in the folder ${folder} (setting WORK_DIR): ${systemReason(error)}`
}
