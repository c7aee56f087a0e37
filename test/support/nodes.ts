import { execFileSync } from "node:child_process"

/** A version of Node, and its program. */
export interface NodeProgram {
  readonly version: string
  readonly path: string
}

/**
 * The versions of Node that `scripts/lib/nodes.sh` installs, oldest first, and the one that runs the tests.
 * Throws if they are missing: a test that needs several must not pass with one.
 */
export function nodePrograms(): readonly NodeProgram[] {
  const paths = (process.env.NODES ?? "").split(":").filter(path => path !== "")
  if (paths.length < 2) {
    throw new Error(
      `expected NODES to name at least two programs, got "${paths.join(":")}": run scripts/test, or name some yourself`,
    )
  }
  return [...paths, process.execPath].map(path => ({ path, version: versionOf(path) }))
}

function versionOf(path: string): string {
  return execFileSync(path, ["--version"], { encoding: "utf8" }).trim()
}
