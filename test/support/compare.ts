import { execFile } from "node:child_process"
import { promisify } from "node:util"

const run = promisify(execFile)

export const VERIFIED = "verified   the final state of each side is what its answers said\n"

export interface Compared {
  readonly code: number
  /** Who played in which round, sorted: `round 1: Guildhall`. */
  readonly turns: readonly string[]
  readonly output: string
}

/** Runs benchmarks/compare with these words. */
export async function compare(...words: readonly string[]): Promise<Compared> {
  const { code, stdout, stderr } = await run("benchmarks/compare", words).then(
    done => ({ code: 0, ...done }),
    (failure: { readonly code: number; readonly stdout: string; readonly stderr: string }) => failure,
  )
  const turns = stdout
    .split("\n")
    .filter(line => line.startsWith("round "))
    .map(line => line.split(": ").slice(0, 2).join(": "))
  return { code, turns: turns.sort(), output: stdout + stderr }
}

/** The turns that so many rounds of these sides must have. */
export function turnsOf(rounds: number, sides: readonly string[]): string[] {
  const numbers = Array.from({ length: rounds }, (_, n) => n + 1)
  return numbers.flatMap(round => sides.map(side => `round ${round}: ${side}`)).sort()
}
