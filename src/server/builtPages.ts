import { readdir, stat } from "node:fs/promises"
import { extname, join } from "node:path"
import { unlessAbsent } from "../lib/systemError.js"

/** The first page. The other files have the hash of their content in their names. */
const INDEX = "index.html"

/** The suffix of the compressed copy that the build leaves next to each file worth compressing. */
const PACKED = ".gz"

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".ttf": "font/ttf",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
}

export interface BuiltPage {
  readonly file: string
  readonly type: string
  /** Whether its name contains the hash of its content, so that it never changes. */
  readonly immutable: boolean
  /** Identifies its content, whatever the encoding. */
  readonly etag: string
  /** The file compressed by gzip, or null. */
  readonly packed: string | null
}

/** The pages by their names in the folder; the first page by "". */
export type BuiltPages = ReadonlyMap<string, BuiltPage>

/** When the pages were built, in milliseconds since 1970; null if they are not built. */
export async function builtAt(folder: string): Promise<number | null> {
  return (await unlessAbsent(stat(join(folder, INDEX)), null))?.mtimeMs ?? null
}

/** Lists a folder of built pages, without files of other types. Throws if it cannot be read. */
export async function listPages(folder: string): Promise<BuiltPages> {
  const found = await readdir(folder, { recursive: true })
  const names = new Set(found.map(name => name.replaceAll("\\", "/")))
  const pages = new Map<string, BuiltPage>()
  for (const name of names) {
    const type = TYPES[extname(name)]
    if (type === undefined) continue
    const file = join(folder, name)
    const { size, mtimeMs } = await stat(file)
    const immutable = name !== INDEX
    const packed = names.has(name + PACKED) ? file + PACKED : null
    pages.set(immutable ? name : "", { file, type, immutable, etag: `W/"${size}-${mtimeMs}"`, packed })
  }
  return pages
}
