import type { LakeFile } from "../../src/ports/lake.js"

/** A tree of files in memory. A path is a file's or a folder's, as in any file system. */
export class FakeFolders {
  /** By folder, then by name. */
  readonly #folders = new Map<string, Map<string, Uint8Array>>()

  /** Every file's path, hidden ones too, sorted. */
  get paths(): string[] {
    const paths = [...this.#folders].flatMap(([folder, files]) =>
      [...files.keys()].map(name => `${folder}/${name}`),
    )
    return paths.map(path => path.replace(/^\//, "")).sort()
  }

  read(path: string): Uint8Array | null {
    const [folder, name] = split(path)
    const bytes = this.#folders.get(folder)?.get(name)
    if (bytes === undefined && this.#isFolder(path)) throw new Error(`${path} is a folder`)
    return bytes ?? null
  }

  write(path: string, bytes: Uint8Array): void {
    const [folder, name] = split(path)
    if (this.#isFolder(path)) throw new Error(`${path} is a folder`)
    this.#assertFolder(folder)
    const files = this.#folders.get(folder) ?? new Map<string, Uint8Array>()
    this.#folders.set(folder, files.set(name, bytes))
  }

  list(folder: string): LakeFile[] {
    this.#assertFolder(folder)
    const files = [...(this.#folders.get(folder) ?? [])].map(([name, { length }]) => ({
      name,
      bytes: length,
    }))
    return files.filter(({ name }) => !name.startsWith(".")).sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Whether it was there. */
  delete(path: string): boolean {
    const [folder, name] = split(path)
    if (this.#isFolder(path)) throw new Error(`${path} is a folder`)
    return this.#folders.get(folder)?.delete(name) ?? false
  }

  #isFolder(path: string): boolean {
    return [...this.#folders.keys()].some(folder => folder === path || folder.startsWith(`${path}/`))
  }

  /** Throws when a file stands where a folder should. */
  #assertFolder(folder: string): void {
    for (let at = folder; at !== ""; at = split(at)[0]) {
      const [above, name] = split(at)
      if (this.#folders.get(above)?.has(name)) throw new Error(`${at} is a file, not a folder`)
    }
  }
}

/** The folder of a path, "" at the top, and its name in it. */
function split(path: string): readonly [folder: string, name: string] {
  const slash = path.lastIndexOf("/")
  return [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)]
}
