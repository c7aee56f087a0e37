import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"

/** A page that people read, by its path from the root. */
export interface Page {
  readonly path: string
  readonly text: string
}

export function filesBelow(folder: string, extension: string): string[] {
  return readdirSync(folder)
    .filter(name => !["node_modules", "dist"].includes(name))
    .map(name => join(folder, name))
    .flatMap(path => {
      if (statSync(path).isDirectory()) return filesBelow(path, extension)
      return path.endsWith(extension) ? [path] : []
    })
}

export const pages: readonly Page[] = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "docker/README.md",
  "test/golden/README.md",
  ...filesBelow("docs", ".md"),
].map(path => ({ path, text: readFileSync(path, "utf8") }))
