import { type FileHandle, open } from "node:fs/promises"
import { FolderError, systemCode } from "./folderError.js"

/**
 * The little of LMDB's file that has to be known before LMDB may touch it: it maps the file into memory, and reading
 * beyond the end of a cut file ends the process (SIGBUS). Layout: `mdb.c` of the lmdb package (MDB_page_header,
 * MDB_meta, MDB_db), 64-bit little-endian, data version 2.
 */
const PAGE_HEADER_BYTES = 24
const META_BYTES = 168
const META_FLAG = 0x08
const MAGIC = 0xbeefc0de
const DATA_VERSION = 2
const PAGE_BYTES_MIN = 256
const PAGE_BYTES_MAX = 65_536

/** One of the two meta pages: the newer one is the state of the file. */
export interface Meta {
  readonly pageBytes: number
  /** The highest page in use. */
  readonly lastPage: number
  readonly transaction: bigint
}

/**
 * Checks a data file before it is opened. A file that is not there, or empty, is fine: LMDB makes it.
 * Throws FolderError TRUNCATED (file, expected and actual length) or DAMAGED.
 */
export async function checkDataFile(path: string): Promise<void> {
  const file = await openIfThere(path)
  if (file === undefined) return
  try {
    const { size } = await file.stat()
    if (size === 0) return
    const meta = await newestMeta(path, file)
    const expected = (meta.lastPage + 1) * meta.pageBytes
    if (size < expected) {
      const text = `${path}: expected at least ${expected} bytes (${meta.lastPage + 1} pages), found ${size}`
      throw new FolderError("TRUNCATED", text)
    }
  } finally {
    await file.close()
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r")
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined
    throw error
  }
}

/** As LMDB picks it: the page size is the first one's, the higher transaction wins, the first one of equals. */
async function newestMeta(path: string, file: FileHandle): Promise<Meta> {
  const first = await readMeta(path, file, 0)
  const second = await readMeta(path, file, first.pageBytes)
  return first.transaction >= second.transaction ? first : second
}

async function readMeta(path: string, file: FileHandle, position: number): Promise<Meta> {
  const buffer = Buffer.alloc(META_BYTES)
  const { bytesRead } = await file.read(buffer, 0, META_BYTES, position)
  const page = position === 0 ? 0 : 1
  if (bytesRead < META_BYTES) {
    throw new FolderError(
      "TRUNCATED",
      `${path}: meta page ${page} expected at ${position}, the file ends before`,
    )
  }
  const isMeta = (buffer.readUInt16LE(18) & META_FLAG) !== 0
  const magic = buffer.readUInt32LE(PAGE_HEADER_BYTES)
  const version = buffer.readUInt32LE(PAGE_HEADER_BYTES + 4) & 0xffff
  const pageBytes = buffer.readUInt32LE(PAGE_HEADER_BYTES + 24)
  const sane = pageBytes >= PAGE_BYTES_MIN && pageBytes <= PAGE_BYTES_MAX
  if (!isMeta || magic !== MAGIC || version !== DATA_VERSION || !sane) {
    throw new FolderError(
      "DAMAGED",
      `${path}: meta page ${page} is not one of LMDB's, data version ${DATA_VERSION}`,
    )
  }
  return {
    pageBytes,
    lastPage: Number(buffer.readBigUInt64LE(PAGE_HEADER_BYTES + 120)),
    transaction: buffer.readBigUInt64LE(PAGE_HEADER_BYTES + 128),
  }
}
