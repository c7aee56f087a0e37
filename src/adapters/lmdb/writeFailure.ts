import { statfsSync } from "node:fs"
import { constants } from "node:os"
import type { Database } from "lmdb"
import { lastTransaction } from "./dataFile.js"
import type { Environment } from "./environment.js"

/** LMDB reports a write that was cut short by a full disk as EIO: below this much room it is taken for one. */
const DISK_FREE_MIN = 1024 * 1024

/** LMDB rejects with a general error, and a promise of the real one. */
export async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !("commitError" in error)) return error
  return Promise.resolve(error.commitError).catch((cause: unknown) => cause)
}

export function isDiskFull(error: unknown, folder: string): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined
  const { ENOSPC, EDQUOT, EIO } = constants.errno
  if (code === ENOSPC || code === EDQUOT) return true
  if (code !== EIO) return false
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize < DISK_FREE_MIN
}

/**
 * Whether a failed write left file and environment as they were. LMDB's own count goes up only when the meta page was
 * written, the file has what was tried too. Throws when LMDB itself has given up: after a meta page failed, it neither
 * writes nor reads any more.
 */
export function isUntouched({ root, dataFile }: Environment): boolean {
  root.transactionSync(() => {})
  root.resetReadTxn()
  return lastTransaction(dataFile) === BigInt(statistic(root, "lastTxnId"))
}

export function statistic(database: Pick<Database, "getStats">, name: string): number {
  const value: unknown = Object.entries(database.getStats()).find(([key]) => key === name)?.[1]
  if (typeof value === "number") return value
  throw new TypeError(`LMDB's statistics: expected a number ${name}, got ${String(value)}`)
}
