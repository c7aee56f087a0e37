import { type ChildProcessByStdio, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import type { Readable, Writable } from "node:stream"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"

const LOADER = new URL("./typescript.mjs", import.meta.url).href

/** A child process that runs a TypeScript file, and the lines that it has printed. */
export interface Child {
  readonly process: ChildProcessByStdio<Writable, Readable, null>
  readonly lines: readonly string[]
  /** Resolves when a line fulfils the condition; rejects when the process ends before. */
  line(condition: (line: string) => boolean): Promise<string>
  /** Resolves once the process has ended and all that it printed is in `lines`. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

/**
 * Starts `node <file> <args>`, inside `wrap` if given (such as `unshare -m`). Whatever is still running when the test
 * is over is killed.
 */
export function startChild(file: URL, args: readonly string[], wrap: readonly string[] = []): Child {
  const command = [...wrap, process.execPath, "--import", LOADER, fileURLToPath(file), ...args]
  const [program = "", ...rest] = command
  const child = spawn(program, rest, { stdio: ["pipe", "pipe", "inherit"] })
  onTestFinished(() => {
    child.kill("SIGKILL")
  })
  const lines: string[] = []
  const waiting = new Set<(line: string | null) => void>()
  createInterface({ input: child.stdout }).on("line", text => {
    lines.push(text)
    for (const look of waiting) look(text)
  })
  let isOver = false
  const ended = once(child, "close").then(() => {
    isOver = true
    for (const look of waiting) look(null)
    return { code: child.exitCode, signal: child.signalCode }
  })
  const line = (condition: (line: string) => boolean) =>
    new Promise<string>((resolve, reject) => {
      const look = (text: string | null) => {
        if (text !== null && !condition(text)) return
        waiting.delete(look)
        if (text !== null) resolve(text)
        else reject(new Error(`${file}: ended without that line; the last one is: ${lines.at(-1)}`))
      }
      const before = lines.find(condition)
      if (before === undefined) waiting.add(look)
      if (before !== undefined || isOver) look(before ?? null)
    })
  return { process: child, lines, line, ended }
}
