import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Closers } from "./closers.js"

/** Settings of a new embedded world: a folder of its own. */
export async function newEmbeddedWorld(closers: Closers): Promise<{ readonly DATA_DIR: string }> {
  const folder = await mkdtemp(join(tmpdir(), "guildhall-bench-"))
  closers.add(() => rm(folder, { recursive: true, force: true }))
  return { DATA_DIR: folder }
}
