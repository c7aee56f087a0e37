import { APPEND_BYTES_MAX } from "../ports/log.js"

/** What every implementation requires of an append. Throws RangeError: a bug of the caller; nothing was stored. */
export function assertAppendable(records: readonly Uint8Array[]): void {
  const empty = records.findIndex(({ length }) => length === 0)
  if (empty !== -1) throw new RangeError(`append: record ${empty} is empty, it would read as a hole`)
  const bytes = records.reduce((sum, { length }) => sum + length, 0)
  if (bytes > APPEND_BYTES_MAX) {
    throw new RangeError(`append: expected at most ${APPEND_BYTES_MAX} bytes, got ${bytes}`)
  }
}
