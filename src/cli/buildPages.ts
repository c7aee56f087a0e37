import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { type FileHandle, open } from "node:fs/promises"
import { constants, setPriority } from "node:os"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import { makeFolder } from "../lib/makeFolder.js"
import type { Logger } from "../ports/logger.js"

const project = new URL("../../", import.meta.url)

/** Where the pages are, once `scripts/web` has built them. */
export const PAGES_FOLDER = fileURLToPath(new URL("web/dist", project))

export interface PageBuild {
  readonly logger: Logger
  /** Ends the build. */
  readonly signal: AbortSignal
  /** Builds what is not built yet. */
  readonly script?: string
  /** Takes what it prints. */
  readonly logFile?: string
}

/**
 * Builds the pages beside the running server, at a low priority. Resolves when that is over. Never rejects: a server
 * without a playground is still a server, so a failure is only logged.
 */
export async function buildPages({
  logger,
  signal,
  script = fileURLToPath(new URL("scripts/web", project)),
  logFile = fileURLToPath(new URL(".cache/web.log", project)),
}: PageBuild): Promise<void> {
  if (signal.aborted) return
  let log: FileHandle | null = null
  try {
    await makeFolder(dirname(logFile))
    log = await open(logFile, "w")
    const code = await run(script, log, signal)
    if (signal.aborted) return
    if (code === 0) logger.info({}, "the playground is built")
    else logger.warn({ log: logFile }, `the playground was not built: scripts/web ended with ${code}`)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    logger.warn({}, `the playground was not built: ${why}`)
  } finally {
    await log?.close()
  }
}

/** The exit code, or the name of the signal that ended it. Throws when it cannot be started. */
async function run(
  script: string,
  log: FileHandle,
  signal: AbortSignal,
): Promise<number | NodeJS.Signals | null> {
  // A group of its own, so that all that it starts ends with it.
  const child = spawn(script, [], { detached: true, stdio: ["ignore", log.fd, log.fd] })
  const ended = once(child, "exit")
  const end = () => endGroup(child)
  signal.addEventListener("abort", end)
  if (signal.aborted) end()
  try {
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
    const [code, name] = await ended
    return code ?? name
  } finally {
    signal.removeEventListener("abort", end)
  }
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, "SIGTERM")
  } catch {
    // It has just ended.
  }
}
