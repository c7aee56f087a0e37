import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { type FileHandle, open } from "node:fs/promises"
import { constants, setPriority } from "node:os"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import { makeFolder } from "../lib/makeFolder.js"
import { messageOf } from "../lib/systemError.js"
import type { Logger } from "../ports/logger.js"

const project = new URL("../../", import.meta.url)

/** Where the pages are, once `scripts/web` has built them. */
export const PAGES_FOLDER = fileURLToPath(new URL("web/dist", project))

export interface PageBuild {
  readonly logger: Logger
  /** Aborts the build. */
  readonly signal: AbortSignal
  /** Builds the pages if they are not built yet. */
  readonly script?: string
  /** Receives what the script prints. */
  readonly logFile?: string
}

/**
 * Builds the pages while the server runs, at a low priority. Resolves when the build is over. Never rejects:
 * a server works without a playground, so a failure is only logged.
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
    const why = messageOf(error)
    logger.warn({}, `the playground was not built: ${why}`)
  } finally {
    await log?.close()
  }
}

/** The exit code, or the name of the signal that ended it. Throws if it cannot be started. */
async function run(
  script: string,
  log: FileHandle,
  signal: AbortSignal,
): Promise<number | NodeJS.Signals | null> {
  // In its own process group, so that everything it starts ends with it.
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
