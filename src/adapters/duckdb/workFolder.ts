import { randomUUID } from "node:crypto"
import { readdir, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import type { DuckDBConnection } from "@duckdb/node-api"
import { quoteName, quoteText } from "../../lake/sql.js"
import { makeFolder } from "../../lib/makeFolder.js"
import { unlessAbsent } from "../../lib/systemError.js"

const FOLDER = /^guildhall-duckdb-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A database that the owning process keeps open, and thereby locked, as long as it lives. */
const LOCK = "owner.duckdb"
const OWNER = quoteName("owner")
const FOUND = quoteName("found")

/** A folder without a lock counts as being created, unless it is older than this. */
const YOUNG_MS = 3_600_000

/** The folders of this process: a system lock does not stop the process that holds it. */
const ours = new Set<string>()

/**
 * A folder for the temporary files of one DuckDB. DuckDB holds a system lock on a file in it, which marks the owner: the
 * lock ends with the process, however that ends, and is visible from containers that share the folder. Rejected: a
 * process id, which means another process in another PID namespace, or once it is reused.
 */
export class WorkFolder {
  readonly path: string
  readonly #parent: string
  #making: Promise<void> | null = null

  constructor(parent: string) {
    this.#parent = parent
    this.path = join(parent, `guildhall-duckdb-${randomUUID()}`)
  }

  /** Makes the folder, again if it was deleted. Throws the system's and DuckDB's errors. */
  ensure(connection: DuckDBConnection): Promise<void> {
    this.#making ??= this.#make(connection).finally(() => {
      this.#making = null
    })
    return this.#making
  }

  async remove(connection: DuckDBConnection): Promise<void> {
    await connection.run(`DETACH DATABASE IF EXISTS ${OWNER}`)
    await rm(this.path, { recursive: true, force: true })
    ours.delete(this.path)
  }

  async #make(connection: DuckDBConnection): Promise<void> {
    if (await isThere(join(this.path, LOCK))) return
    await makeFolder(this.path)
    ours.add(this.path)
    await connection.run(`DETACH DATABASE IF EXISTS ${OWNER}`)
    await connection.run(`ATTACH ${quoteText(join(this.path, LOCK))} AS ${OWNER}`)
  }

  /** Removes what killed processes left beside it. What is unreadable, or belongs to another user, stays. */
  async clean(connection: DuckDBConnection): Promise<void> {
    for (const name of await readdir(this.#parent).catch(() => [])) {
      const path = join(this.#parent, name)
      if (!FOLDER.test(name) || ours.has(path)) continue
      const isGone = await isLeftOver(path, connection).catch(() => false)
      if (isGone) await rm(path, { recursive: true, force: true }).catch(() => {})
    }
  }
}

/** Throws DuckDB's error when the lock is held, and the system's when we may not read the folder. */
async function isLeftOver(path: string, connection: DuckDBConnection): Promise<boolean> {
  const lock = join(path, LOCK)
  if (!(await isThere(lock))) return isOld(path)
  await connection.run(`ATTACH ${quoteText(lock)} AS ${FOUND} (READ_ONLY)`)
  await connection.run(`DETACH DATABASE ${FOUND}`)
  return true
}

async function isOld(path: string): Promise<boolean> {
  const status = await stat(path)
  return status.isDirectory() && Date.now() - status.mtimeMs > YOUNG_MS
}

async function isThere(path: string): Promise<boolean> {
  return (await unlessAbsent(stat(path), null)) !== null
}
