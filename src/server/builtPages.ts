import { readdir, stat } from "node:fs/promises"
import { extname, join } from "node:path"

/** The first page; the others have the hash of their content in their names. */
const INDEX = "index.html"

/** What the build leaves beside each file that is worth packing. */
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
  /** Whether its name tells its content, so that it never changes. */
  readonly immutable: boolean
  /** Of its content, whatever the encoding. */
  readonly etag: string
  /** The same packed by gzip, if there is one. */
  readonly packed: string | null
}

/** The pages by their names in the folder, and the first of them by "". */
export type BuiltPages = ReadonlyMap<string, BuiltPage>

/** When these pages were built, in milliseconds; null when they are not. */
export async function builtAt(folder: string): Promise<number | null> {
  try {
    return (await stat(join(folder, INDEX))).mtimeMs
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** Lists a folder of built pages. What is of no type for browsers is left out. Throws when it cannot be read. */
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

/** Whether a file or folder is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT"
}
