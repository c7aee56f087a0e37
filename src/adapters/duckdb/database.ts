import { mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"
import { makeWorkFolder } from "./workFolder.js"

/** What DuckDB may take of this process: it spills to its folder beyond that. */
const MEMORY_LIMIT = "1GB"
const THREADS = "2"

/** DuckDB in memory, with a folder of its own for files on their way; one a process. */
export class Database {
  readonly #instance: DuckDBInstance
  readonly #folder: string
  #names = 0

  private constructor(instance: DuckDBInstance, folder: string) {
    this.#instance = instance
    this.#folder = folder
  }

  static async open(): Promise<Database> {
    const folder = await makeWorkFolder()
    const settings = {
      memory_limit: MEMORY_LIMIT,
      threads: THREADS,
      temp_directory: join(folder, "spilled"),
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
    }
    try {
      const database = new Database(await DuckDBInstance.create(":memory:", settings), folder)
      await database.connected(connection => connection.run("SET GLOBAL TimeZone = 'UTC'"))
      return database
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
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

  /** What a statement has written to the file of this path. */
  async written(write: (path: string) => Promise<unknown>): Promise<Uint8Array> {
    const path = await this.#newPath()
    try {
      await write(path)
      return await readFile(path)
    } finally {
      await rm(path, { force: true })
    }
  }

  /** Works on a file of these bytes. */
  async reading<T>(bytes: Uint8Array, work: (path: string) => Promise<T>): Promise<T> {
    const path = await this.#newPath()
    try {
      await writeFile(path, bytes, { mode: 0o600 })
      return await work(path)
    } finally {
      await rm(path, { force: true })
    }
  }

  async close(): Promise<void> {
    this.#instance.closeSync()
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** Cleaners of temporary folders may take what was quiet for days. */
  async #newPath(): Promise<string> {
    this.#names += 1
    const path = join(this.#folder, `${this.#names}.file`)
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    return path
  }
}
