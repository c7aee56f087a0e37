import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import type { Closers } from "./closers.js"

/** For `--import`: lets Node run the sources. */
export const TYPESCRIPT = fileURLToPath(new URL("../../test/support/typescript.mjs", import.meta.url))

export interface Forked {
  /** What the program sent first: where it listens. */
  readonly url: string
  readonly pid: number
}

/**
 * Starts a server of these benchmarks in a process of its own: it sends its URL, and ends when its parent
 * disconnects. Throws if it ends before it listens.
 */
export async function forked(
  program: URL,
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  closers: Closers,
): Promise<Forked> {
  // Only what is said here: settings of the machine must not leak in.
  const own = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: "production" }
  const env = { ...own, ...settings }
  const child = fork(fileURLToPath(program), args, { execArgv: ["--import", TYPESCRIPT], env })
  closers.add(() => endForked(child))
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`${program.pathname} ended with ${code} before it listened`)
  })
  const [url] = await Promise.race([once(child, "message"), ended])
  return { url, pid: child.pid ?? 0 }
}

/** Ends a process that ends when its parent disconnects. Idempotent. */
export async function endForked(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, "exit")
  if (child.connected) child.disconnect()
  await ended
}
