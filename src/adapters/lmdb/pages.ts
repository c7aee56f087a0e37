import { readSync } from "node:fs"
import { FolderError } from "./folderError.js"

/**
 * The parts of LMDB's file format to check before LMDB may touch a file. Layout: `mdb.c` of the lmdb package
 * (MDB_page_header, MDB_meta, MDB_db, MDB_node, MDB_ovpage), data version 2, 64-bit little-endian.
 */
const HEADER_BYTES = 24
const META_BYTES = 168
const NODE_BYTES = 8
const MAGIC = 0xbeefc0de
const DATA_VERSION = 2
const PAGE_BYTES_MIN = 256
const PAGE_BYTES_MAX = 65_536
/** The root of a tree without pages. */
const NO_PAGE = 0xffff_ffff_ffff_ffffn

const flag = { branch: 0x01, leaf: 0x02, meta: 0x08 } as const
const nodeFlag = { overflow: 0x01, tree: 0x02 } as const

/** One of the two meta pages: the one with the higher transaction is the state of the file. */
export interface Meta {
  readonly pageBytes: number
  /** The highest allocated page. */
  readonly lastPage: number
  readonly transaction: bigint
  /** Root pages; null for an empty tree. */
  readonly freeRoot: number | null
  readonly mainRoot: number | null
}

/** An entry of a leaf. */
export interface Leaf {
  readonly isTree: boolean
  /** The value, unless it is on an overflow page. */
  readonly value: Buffer
  readonly overflow: { readonly page: number; readonly bytes: number } | null
}

export type TreePage =
  | { readonly kind: "branch"; readonly children: readonly number[] }
  | { readonly kind: "leaf"; readonly leaves: readonly Leaf[] }

/** The newer meta page, as LMDB picks it. Throws FolderError TRUNCATED or DAMAGED. */
export function readNewestMeta(path: string, fd: number): Meta {
  const first = readMeta(path, fd, 0, 0)
  const second = readMeta(path, fd, 1, first.pageBytes)
  return first.transaction >= second.transaction ? first : second
}

function readMeta(path: string, fd: number, page: number, position: number): Meta {
  const buffer = Buffer.alloc(META_BYTES)
  if (readSync(fd, buffer, 0, META_BYTES, position) < META_BYTES) {
    const found = `the file ends before ${position + META_BYTES}`
    throw new FolderError("TRUNCATED", `${path}: expected meta page ${page} at ${position}, ${found}`)
  }
  const meta = buffer.subarray(HEADER_BYTES)
  const isMeta = (buffer.readUInt16LE(18) & flag.meta) !== 0
  const isOurs = meta.readUInt32LE(0) === MAGIC && (meta.readUInt32LE(4) & 0xffff) === DATA_VERSION
  const pageBytes = meta.readUInt32LE(24)
  if (!isMeta || !isOurs || pageBytes < PAGE_BYTES_MIN || pageBytes > PAGE_BYTES_MAX) {
    throw new FolderError(
      "DAMAGED",
      `${path}: page ${page} is not a meta page of data version ${DATA_VERSION}`,
    )
  }
  return {
    pageBytes,
    lastPage: Number(meta.readBigUInt64LE(120)),
    transaction: meta.readBigUInt64LE(128),
    freeRoot: readRoot(meta.subarray(24)),
    mainRoot: readRoot(meta.subarray(72)),
  }
}

/** The root page of a tree's descriptor. */
export function readRoot(descriptor: Buffer): number | null {
  const root = descriptor.readBigUInt64LE(40)
  return root === NO_PAGE ? null : Number(root)
}

/** A page of a tree, every number in it checked. Throws FolderError DAMAGED or TRUNCATED. */
export function readPage(path: string, fd: number, meta: Meta, number: number): TreePage {
  const buffer = readPages(path, fd, meta, number, 1)
  const damaged = (what: string) => new FolderError("DAMAGED", `${path}: page ${number}: ${what}`)
  const ownNumber = buffer.readBigUInt64LE(0)
  if (ownNumber !== BigInt(number)) throw damaged(`it says that it is page ${ownNumber}`)
  const kind = buffer.readUInt16LE(18) & (flag.branch | flag.leaf)
  if (kind !== flag.branch && kind !== flag.leaf) throw damaged("it is not a page of a tree")
  const nodes = readNodes(buffer)
  if (nodes === undefined) throw damaged("its entries do not lie within it")
  if (kind === flag.branch) return { kind: "branch", children: nodes.map(childOf) }
  const leaves = nodes.map(leafOf)
  if (!leaves.every(leaf => leaf !== undefined)) throw damaged("its entries do not lie within it")
  return { kind: "leaf", leaves }
}

/** The bytes of an overflow page's value. */
export function readOverflow(path: string, fd: number, meta: Meta, page: number, bytes: number): Buffer {
  const pages = Math.ceil((HEADER_BYTES + bytes) / meta.pageBytes)
  return readPages(path, fd, meta, page, pages).subarray(HEADER_BYTES, HEADER_BYTES + bytes)
}

function readPages(path: string, fd: number, meta: Meta, page: number, count: number): Buffer {
  const length = count * meta.pageBytes
  if (page + count - 1 > meta.lastPage) {
    throw new FolderError("DAMAGED", `${path}: page ${page} is used, the last one is ${meta.lastPage}`)
  }
  const buffer = Buffer.alloc(length)
  if (readSync(fd, buffer, 0, length, page * meta.pageBytes) < length) {
    throw new FolderError("TRUNCATED", `${path}: page ${page} is used, but lies beyond the end of the file`)
  }
  return buffer
}

/** The nodes of a page, each from its start to the end of the page; undefined when one lies outside the page. */
function readNodes(buffer: Buffer): Buffer[] | undefined {
  const pointersEnd = HEADER_BYTES + buffer.readUInt16LE(20)
  if (pointersEnd > buffer.length) return undefined
  const nodes: Buffer[] = []
  for (let at = HEADER_BYTES; at + 2 <= pointersEnd; at += 2) {
    const start = HEADER_BYTES + buffer.readUInt16LE(at)
    if (start < pointersEnd || start + NODE_BYTES > buffer.length) return undefined
    nodes.push(buffer.subarray(start))
  }
  return nodes
}

function childOf(node: Buffer): number {
  return node.readUInt32LE(0) + node.readUInt16LE(4) * 2 ** 32
}

function leafOf(node: Buffer): Leaf | undefined {
  const bytes = node.readUInt32LE(0)
  const flags = node.readUInt16LE(4)
  const start = NODE_BYTES + node.readUInt16LE(6)
  const overflows = (flags & nodeFlag.overflow) !== 0
  const end = start + (overflows ? 8 : bytes)
  if (end > node.length) return undefined
  const value = node.subarray(start, end)
  const overflow = overflows ? { page: Number(value.readBigUInt64LE(0)), bytes } : null
  return { isTree: (flags & nodeFlag.tree) !== 0, value, overflow }
}
