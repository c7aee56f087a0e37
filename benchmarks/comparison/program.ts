import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { endedProcessorTime, residentMemory } from "./processes.js"

const SAMPLE_MS = 100
const OUTPUT_MAX = 100_000

/** A program that does one thing and ends. */
export interface Program {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** The line that it prints when what it does is done. */
  readonly done: RegExp
}

export interface ProgramRun {
  /** From its start until it printed that line. */
  readonly ms: number
  readonly line: string
  /** The most that it and its descendants had at once, in bytes; looked at ten times a second. */
  readonly peakBytes: number
  /** Of it and its descendants, until its end, in microseconds. */
  readonly processorTime: number
}

/** Throws with its output when it fails, or ends without that line. One at a time: it counts all children that end. */
export async function runProgram({ command, args, env, done }: Program): Promise<ProgramRun> {
  const before = await endedProcessorTime()
  // Only what is said here: settings of the machine must not leak in.
  const own = { PATH: process.env.PATH, HOME: process.env.HOME, JAVA_HOME: process.env.JAVA_HOME }
  const begun = performance.now()
  const child = spawn(command, args, { env: { ...own, ...env }, stdio: ["ignore", "pipe", "pipe"] })
  const printed: Pick<ProgramRun, "ms" | "line">[] = []
  let output = ""
  const keep = (line: string) => {
    if (done.test(line)) printed.push({ ms: performance.now() - begun, line })
    output = `${output}${line}\n`.slice(-OUTPUT_MAX)
  }
  createInterface({ input: child.stdout }).on("line", keep)
  createInterface({ input: child.stderr }).on("line", keep)
  let peakBytes = 0
  const sample = async () => {
    peakBytes = Math.max(peakBytes, await residentMemory([child.pid ?? 0]))
  }
  const sampling = setInterval(() => void sample(), SAMPLE_MS)
  try {
    // After its output.
    const [code] = await once(child, "close")
    const [end] = printed
    if (end === undefined || code !== 0) {
      const when = end === undefined ? "before" : "after"
      throw new Error(`${command} ended with ${code} ${when} it printed ${done}\n${output}`)
    }
    return { ...end, peakBytes, processorTime: (await endedProcessorTime()) - before }
  } finally {
    clearInterval(sampling)
    child.kill("SIGKILL")
  }
}
