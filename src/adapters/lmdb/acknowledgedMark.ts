import { closeSync, constants, fsyncSync, openSync, readFileSync, writeSync } from "node:fs"
import { join } from "node:path"
import { crc32 } from "node:zlib"
import { systemCode } from "../../lib/systemError.js"

const MARK_FILE = "acknowledged"

/**
 * How many records were acknowledged, in its own file beside the log, so that a log that lost its end is noticed when it
 * is opened: the log's own pages cannot show it, since an older state of them is also consistent.
 *
 * Written after each append, without a sync: it survives kill -9. After a power loss it may be older; then it notices
 * less, but never raises a false alarm. One readable line: count and checksum.
 */
export class AcknowledgedMark {
  readonly #fd: number

  constructor(folder: string) {
    this.#fd = openSync(join(folder, MARK_FILE), constants.O_RDWR | constants.O_CREAT)
  }

  write(count: number): void {
    writeSync(this.#fd, line(count), 0)
  }

  close(): void {
    fsyncSync(this.#fd)
    closeSync(this.#fd)
  }
}

/** The count; 0 when there is no mark, or a damaged one. */
export function readMark(folder: string): number {
  try {
    const text = readFileSync(join(folder, MARK_FILE), "latin1")
    const count = Number(text.slice(0, COUNT_DIGITS))
    return text === line(count) ? count : 0
  } catch (error) {
    if (systemCode(error) === "ENOENT") return 0
    throw error
  }
}

const COUNT_DIGITS = 16

function line(count: number): string {
  const digits = String(count).padStart(COUNT_DIGITS, "0")
  return `${digits} ${crc32(digits).toString(16).padStart(8, "0")}\n`
}
