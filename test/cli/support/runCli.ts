import { onTestFinished, vi } from "vitest"
import { output } from "../../../src/cli/output.js"
import { runProgram } from "../../../src/cli/program.js"

/** A line of a stack trace: only a bug shows one. */
export const STACK = /^\s+at .+:\d+:\d+\)?$/m

/** What a command printed, and how it ended. */
export interface Ran {
  readonly code: number
  /** Standard output, line by line. */
  readonly lines: readonly string[]
  /** What --json printed. */
  readonly json: unknown
  /** Standard error. */
  readonly notes: string
}

/** Runs `guildhall <args>` in this process, with these settings and no others. */
export async function runCli(
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const lines: string[] = []
  const notes: string[] = []
  let json: unknown
  const spies = [
    vi.spyOn(output, "line").mockImplementation((text = "") => void lines.push(text)),
    vi.spyOn(output, "note").mockImplementation(text => void notes.push(text)),
    vi.spyOn(output, "json").mockImplementation(value => {
      json = JSON.parse(JSON.stringify(value))
    }),
    // Commander writes its own help and errors.
    vi.spyOn(process.stdout, "write").mockImplementation(text => lines.push(String(text)) > 0),
    vi.spyOn(process.stderr, "write").mockImplementation(text => notes.push(String(text)) > 0),
  ]
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value)
  const restore = () => {
    for (const spy of spies) spy.mockRestore()
    vi.unstubAllEnvs()
  }
  onTestFinished(restore)
  const before = process.exitCode
  try {
    process.exitCode = 0
    await runProgram(["node", "guildhall", ...args])
    return { code: Number(process.exitCode), lines, json, notes: notes.join("\n") }
  } finally {
    process.exitCode = before
    restore()
  }
}
