import { type ChildProcess, spawn } from "node:child_process"
import { readFile } from "node:fs/promises"
import { UserError } from "../../src/lib/userError.js"

/** What `ab` sends: a body by POST if there is one, otherwise a GET. */
export interface BenchRequest {
  readonly url: string
  /** A file. */
  readonly body: string | null
  readonly requests: number
  readonly concurrency: number
  /** Where the percentiles go, as CSV. */
  readonly csv: string
  /** Ends it. */
  readonly signal: AbortSignal
}

export interface BenchResult {
  /** Answers of any kind. */
  readonly answered: number
  /** Without an answer: the connection broke. */
  readonly failed: number
  /** Answers that are not 2xx. */
  readonly not2xx: number
  readonly perSecond: number
  /** Milliseconds within which 0, 1, … 100 % of the requests were answered. */
  readonly percentiles: readonly number[]
  /** Milliseconds of the slowest. */
  readonly max: number
  /** What `ab` printed. */
  readonly report: string
}

/** How much of what `ab` prints a message quotes, from its end. */
const QUOTED_LINES = 3

/** Runs `ab` to its end. Throws UserError with its words if it gives up, or if it was interrupted. */
export async function apacheBench(request: BenchRequest): Promise<BenchResult> {
  const report = await run(argumentsOf(request), request.signal)
  return { ...figuresOf(report), percentiles: percentilesOf(await readFile(request.csv, "utf8")), report }
}

/**
 * -l: answers of different length are answers, not failures. -r: goes on when a connection breaks. The header
 * lets a GET through, which a foreign web page cannot set (CSRF).
 */
function argumentsOf({ url, body, requests, concurrency, csv }: BenchRequest): readonly string[] {
  const post =
    body === null ? ["-H", "apollo-require-preflight: yes"] : ["-p", body, "-T", "application/json"]
  return ["-n", String(requests), "-c", String(concurrency), "-k", "-l", "-r", "-q", "-e", csv, ...post, url]
}

async function run(words: readonly string[], signal: AbortSignal): Promise<string> {
  const child = spawn("ab", words, { stdio: ["ignore", "pipe", "pipe"], signal })
  let printed = ""
  const keep = (chunk: Buffer) => {
    printed += chunk.toString()
  }
  child.stdout.on("data", keep)
  child.stderr.on("data", keep)
  const code = await endOf(child)
  if (signal.aborted) throw new UserError("interrupted: what was sent so far may be in the log")
  if (code === 0) return printed
  const last = printed.trimEnd().split("\n").slice(-QUOTED_LINES).join("\n  ")
  throw new UserError(`ab gave up (exit code ${code}):\n  ${last}`)
}

/** Null if a signal ended it. */
function endOf(child: ChildProcess): Promise<number | null> {
  // Our own signal is an error here too, before it has ended.
  child.once("error", () => {})
  return new Promise(resolve => child.once("close", resolve))
}

/** Reads the summary that `ab` prints. */
export function figuresOf(report: string): Omit<BenchResult, "percentiles" | "report"> {
  const figure = (label: string) => Number(new RegExp(`^ *${label}:? +([\\d.]+)`, "m").exec(report)?.[1] ?? 0)
  const complete = figure("Complete requests")
  // It counts a broken connection under two of these; "Length" is off by -l.
  const [, connect = 0, receive = 0, , exceptions = 0] =
    /\(Connect: (\d+), Receive: (\d+), Length: (\d+), Exceptions: (\d+)\)/.exec(report)?.map(Number) ?? []
  const failed = connect + Math.max(receive, exceptions)
  return {
    answered: complete - failed,
    failed,
    not2xx: figure("Non-2xx responses"),
    perSecond: figure("Requests per second"),
    max: figure("100%"),
  }
}

/** Reads the file of -e: a heading, then `percentage,milliseconds`, a line for each percent. */
export function percentilesOf(csv: string): readonly number[] {
  return csv
    .trim()
    .split("\n")
    .slice(1)
    .map(line => Number(line.split(",")[1]))
}
