import { closeSync, fstatSync, openSync } from "node:fs"
import { systemCode } from "../../lib/systemError.js"
import { FolderError } from "./folderError.js"
import { type Leaf, type Meta, readNewestMeta, readOverflow, readPage, readRoot } from "./pages.js"

/** How much of a file's end is checked when it is opened: as much as a torn write or a cut can damage. */
const TAIL_BYTES = 1024 * 1024

/** No tree is this deep: a loop in damaged pages ends here. */
const DEPTH_MAX = 32

/** How often the check is repeated when the file changes during it, because somebody writes to it. */
const LOOKS_MAX = 5

/**
 * How thorough a check is. `length`: only the length, all that can be checked while the file is being written. `tail`:
 * also every page in use in the last TAIL_BYTES, and every branch page that leads there. `whole`: every page of every
 * tree. Values are not checked: they carry their own checksums.
 */
export type Thoroughness = "length" | "tail" | "whole"

/**
 * Checks a data file before it is opened: LMDB maps it into memory and trusts it, so reading beyond the end of a cut
 * file, or following a damaged page, kills the process. A missing or empty file is fine: LMDB creates it.
 * Cost: one read per branch page (one in about 200 pages), and the last TAIL_BYTES; `whole` reads the entire file.
 * Throws FolderError TRUNCATED (with the expected and the actual length) or DAMAGED (with the page).
 */
export function checkDataFile(path: string, thoroughness: Thoroughness): void {
  const fd = openIfThere(path)
  if (fd === undefined) return
  try {
    if (fstatSync(fd).size > 0) checkOpenFile(path, fd, thoroughness)
  } finally {
    closeSync(fd)
  }
}

/** The last transaction that reached the file; shows after a failed write that nothing of it did. */
export function lastTransaction(path: string): bigint {
  const fd = openSync(path, "r")
  try {
    return readNewestMeta(path, fd).transaction
  } finally {
    closeSync(fd)
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, "r")
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined
    throw error
  }
}

function checkOpenFile(path: string, fd: number, thoroughness: Thoroughness): void {
  checkLength(path, fd, LOOKS_MAX)
  if (thoroughness === "length") return
  const meta = readNewestMeta(path, fd)
  const { size } = fstatSync(fd)
  const from = thoroughness === "whole" ? 0 : Math.floor((size - TAIL_BYTES) / meta.pageBytes)
  new TreeFile(path, fd, meta).check(from)
}

/** Allocated but free pages at the end may be missing: LMDB does not write those. */
function checkLength(path: string, fd: number, looksLeft: number): void {
  const meta = readNewestMeta(path, fd)
  const { size } = fstatSync(fd)
  const expected = (meta.lastPage + 1) * meta.pageBytes
  if (size >= expected) return
  const text = `${path}: expected ${expected} bytes (${meta.lastPage + 1} pages), found ${size}`
  if (isFree(new TreeFile(path, fd, meta), Math.floor(size / meta.pageBytes), meta.lastPage)) return
  const hasChanged = readNewestMeta(path, fd).transaction !== meta.transaction
  if (!hasChanged || looksLeft === 1) throw new FolderError("TRUNCATED", text)
  checkLength(path, fd, looksLeft - 1)
}

/** Whether all of these pages, first and last included, are known to be free. */
function isFree(file: TreeFile, first: number, last: number): boolean {
  try {
    const free = file.freePages()
    for (let page = first; page <= last; page++) if (!free.has(page)) return false
    return true
  } catch (error) {
    if (error instanceof FolderError) return false
    throw error
  }
}

class TreeFile {
  readonly #path: string
  readonly #fd: number
  readonly #meta: Meta

  constructor(path: string, fd: number, meta: Meta) {
    this.#path = path
    this.#fd = fd
    this.#meta = meta
  }

  /** Checks every branch page, and every leaf page from a page number on. The main tree holds the named trees' roots. */
  check(from: number): void {
    const roots = [this.#meta.freeRoot]
    for (const leaf of this.#leaves(this.#meta.mainRoot, 0)) if (leaf.isTree) roots.push(readRoot(leaf.value))
    for (const root of roots) for (const _ of this.#leaves(root, from));
  }

  /** The page numbers in the free lists. A negative number is the count of pages from the next number on (`midl.c`). */
  freePages(): Set<number> {
    const free = new Set<number>()
    for (const { value, overflow } of this.#leaves(this.#meta.freeRoot, 0)) {
      const list = overflow === null ? value : this.#overflow(overflow.page, overflow.bytes)
      collectFree(list, free)
    }
    return free
  }

  #overflow(page: number, bytes: number): Buffer {
    return readOverflow(this.#path, this.#fd, this.#meta, page, bytes)
  }

  *#leaves(root: number | null, from: number): Generator<Leaf> {
    if (root !== null) yield* this.#below(root, from, this.#depthOf(root))
  }

  /** All leaves are equally deep, so a leaf that need not be checked is known without reading it. */
  *#below(number: number, from: number, depth: number): Generator<Leaf> {
    if (depth === 0 && number < from) return
    const page = readPage(this.#path, this.#fd, this.#meta, number)
    if (page.kind === "leaf") yield* page.leaves
    else for (const child of page.children) yield* this.#below(child, from, depth - 1)
  }

  #depthOf(root: number): number {
    let page = readPage(this.#path, this.#fd, this.#meta, root)
    for (let depth = 0; depth < DEPTH_MAX; depth++) {
      const child = page.kind === "branch" ? page.children[0] : undefined
      if (child === undefined) return depth
      page = readPage(this.#path, this.#fd, this.#meta, child)
    }
    throw new FolderError("DAMAGED", `${this.#path}: page ${root}: its tree has no end`)
  }
}

function collectFree(list: Buffer, free: Set<number>): void {
  const count = Number(list.readBigInt64LE(0))
  let run = 1
  for (let at = 1; at <= count && (at + 1) * 8 <= list.length; at++) {
    const entry = Number(list.readBigInt64LE(at * 8))
    for (let page = entry; page < entry + run && entry > 0; page++) free.add(page)
    run = entry < 0 ? -entry : 1
  }
}
