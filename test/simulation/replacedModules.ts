import { existsSync } from "node:fs"
import { vi } from "vitest"

const replaced: string[] = []

/**
 * Replaces some exports of a module in the worlds that are loaded after this. The path is relative to this folder. Throws
 * when there is no such module: vitest would replace what nobody imports, and say nothing.
 */
export function replaceModule<M extends object>(path: string, make: (real: M) => object): void {
  const source = new URL(path.replace(/\.js$/, ".ts"), import.meta.url)
  if (!existsSync(source)) throw new Error(`there is no module ${path} to replace`)
  replaced.push(path)
  vi.doMock(path, async original => {
    const real = (await original()) as M
    return { ...real, ...make(real) }
  })
}

/** Puts all of them back. */
export function restoreModules(): void {
  for (const path of replaced) vi.doUnmock(path)
  replaced.length = 0
}
