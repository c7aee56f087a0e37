import { statfsSync, statSync } from "node:fs"
import { constants } from "node:os"
import type { Database } from "lmdb"
import { lastTransaction } from "./dataFile.js"
import type { LmdbEnvironment } from "./environment.js"

/**
 * With less free space nothing is written. It is more than one append or one swap takes, so no write hits the end of the
 * disk. Otherwise LMDB may crash the process: it formats a failed write's message into 100 bytes, and overruns them (lmdb
 * 3.5.6, `mdb_page_flush`: `malloc(): corrupted top size`). A write that was cut short is EIO: with less free space than
 * this it counts as a full disk too.
 */
const DISK_FREE_MIN = 16 * 1024 * 1024

/** LMDB rejects with a generic error that carries a promise of the real one. */
export async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !("commitError" in error)) return error
  return Promise.resolve(error.commitError).catch((cause: unknown) => cause)
}

/** Costs 3 µs. Does not see quotas. */
export function hasRoom(folder: string): boolean {
  return freeBytes(folder) >= DISK_FREE_MIN
}

/** Whether the disk has room for as much data again: a second generation takes at most that. */
export function hasRoomForAnother({ folder, dataFile }: LmdbEnvironment): boolean {
  return freeBytes(folder) >= statSync(dataFile).size + DISK_FREE_MIN
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

export function isDiskFull(error: unknown, folder: string): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined
  const { ENOSPC, EDQUOT, EIO } = constants.errno
  if (code === ENOSPC || code === EDQUOT) return true
  return code === EIO && !hasRoom(folder)
}

/**
 * Whether a failed write left file and environment unchanged. LMDB's own transaction count rises only when the meta page
 * was written; the file also shows a failed attempt. Null when LMDB itself has given up: after a meta page failed, it
 * neither writes nor reads any more.
 */
export function isUntouched({ root, dataFile }: LmdbEnvironment): boolean | null {
  try {
    root.transactionSync(() => {})
    root.resetReadTxn()
    return lastTransaction(dataFile) === BigInt(statistic(root, "lastTxnId"))
  } catch {
    return null
  }
}

export function statistic(database: Pick<Database, "getStats">, name: string): number {
  const value: unknown = Object.entries(database.getStats()).find(([key]) => key === name)?.[1]
  if (typeof value === "number") return value
  throw new TypeError(`LMDB's statistics: expected a number ${name}, got ${String(value)}`)
}
