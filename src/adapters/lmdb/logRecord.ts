import { crc32 } from "node:zlib"
import { APPEND_BYTES_MAX, type LogRecord } from "../../ports/log.js"

/**
 * How a record is stored in LMDB. Key: the offset, 8 bytes big-endian, so that keys sort in log order. Value: checksum
 * (4 bytes), append time (6 bytes, milliseconds since 1970), then the record. The checksum is the CRC-32 of key, time
 * and record, so that a record under another one's key is noticed too.
 */
const KEY_BYTES = 8
const CHECKSUM_BYTES = 4
const TIME_BYTES = 6
const HEADER_BYTES = CHECKSUM_BYTES + TIME_BYTES

export interface LogEntry {
  readonly key: Buffer
  readonly value: Buffer
}

export function keyOf(offset: number): Buffer {
  const key = Buffer.allocUnsafe(KEY_BYTES)
  writeOffset(key, offset, 0)
  return key
}

export function offsetOf(key: Uint8Array): number {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.length)
  return bytes.readUInt32BE(0) * 2 ** 32 + bytes.readUInt32BE(4)
}

/** The entries of one append, in one block of memory, which LMDB reads from another thread until the commit. */
export function encodeEntries(first: number, at: number, records: readonly Uint8Array[]): LogEntry[] {
  const bytes = records.reduce((sum, { length }) => sum + KEY_BYTES + HEADER_BYTES + length, 0)
  const block = Buffer.allocUnsafeSlow(bytes)
  let position = 0
  return records.map((record, index) => {
    const entry = block.subarray(position, position + KEY_BYTES + HEADER_BYTES + record.length)
    position += entry.length
    const key = entry.subarray(0, KEY_BYTES)
    const value = entry.subarray(KEY_BYTES)
    writeOffset(key, first + index, 0)
    value.writeUIntBE(at, CHECKSUM_BYTES, TIME_BYTES)
    value.set(record, HEADER_BYTES)
    value.writeUInt32BE(checksum(key, value), 0)
    return { key, value }
  })
}

/** The record, or what is wrong with it. `value` must not change: the record's bytes are a part of it. */
export function decodeEntry(offset: number, value: Buffer): LogRecord | string {
  const length = value.length - HEADER_BYTES
  if (length < 1 || length > APPEND_BYTES_MAX) {
    return `expected 1 to ${APPEND_BYTES_MAX} bytes, found ${length}`
  }
  const expected = value.readUInt32BE(0)
  const found = checksum(keyOf(offset), value)
  if (expected !== found) return `expected checksum ${expected}, found ${found}`
  return { offset, at: value.readUIntBE(CHECKSUM_BYTES, TIME_BYTES), bytes: value.subarray(HEADER_BYTES) }
}

function checksum(key: Buffer, value: Buffer): number {
  return crc32(value.subarray(CHECKSUM_BYTES), crc32(key))
}

function writeOffset(target: Buffer, offset: number, position: number): void {
  target.writeUInt32BE(Math.floor(offset / 2 ** 32), position)
  target.writeUInt32BE(offset % 2 ** 32, position + 4)
}
