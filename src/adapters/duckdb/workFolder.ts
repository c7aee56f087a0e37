import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A process's folder: `guildhall-duckdb-<pid>-<random>`. */
const FOLDER = /^guildhall-duckdb-(\d+)-/

/** Makes a folder for this process's files on their way, and removes those of processes that were killed. */
export async function makeWorkFolder(parent = tmpdir()): Promise<string> {
  for (const name of await readdir(parent)) {
    const [, pid] = FOLDER.exec(name) ?? []
    if (pid === undefined || isAlive(Number(pid))) continue
    // What belongs to another user stays.
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => {})
  }
  return mkdtemp(join(parent, `guildhall-duckdb-${process.pid}-`))
}

/** Another user's process cannot be signalled, and lives. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH")
  }
}
