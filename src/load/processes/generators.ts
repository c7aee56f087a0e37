import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { Progress } from "../../lib/progress.js"
import { UserError } from "../../lib/userError.js"
import { sum } from "../merge.js"
import type { RunOptions } from "../options.js"
import { type LoadResult, mergeResults } from "../result.js"
import { newRunId } from "../run.js"
import { divide, sharesOf } from "../shares.js"
import type { Stop } from "../stop.js"
import type { FromGenerator, ToGenerator } from "./messages.js"

/** Starts a generator process, which waits for its task. */
export type StartGenerator = () => ChildProcess

export const startGenerator: StartGenerator = () =>
  fork(fileURLToPath(new URL("./child.js", import.meta.url)))

export interface GeneratorsParts {
  readonly urls: readonly string[]
  readonly stop: Stop
  readonly progress: Progress
  readonly start: StartGenerator
}

/**
 * Runs a load in several processes, each with its own players and its part of the commands. They begin to
 * count together. If one dies, the others stop, and the result says which one and why. Throws UserError if
 * none has a result.
 */
export async function runGenerators(
  options: RunOptions,
  processes: number,
  parts: GeneratorsParts,
): Promise<LoadResult> {
  const generators = partsOf({ ...options, runId: options.runId ?? newRunId() }, processes).map(
    own => new Generator(own, parts),
  )
  const tellAll = (message: ToGenerator) => {
    for (const one of generators) one.tell(message)
  }
  const { stop } = parts
  const unlisten = stop.onStop(() => tellAll({ kind: "stop" }))
  try {
    for (const one of generators) {
      one.onProgress = () => showAll(generators, options, parts.progress)
      one.onDeath = () => stop.stop()
    }
    await Promise.all(generators.map(({ ready }) => ready))
    tellAll({ kind: "begin" })
    const outcomes = await Promise.all(generators.map(({ outcome }) => outcome))
    const results = outcomes.filter(one => typeof one !== "string")
    const died = outcomes.filter(one => typeof one === "string")
    if (results.length === 0) throw new UserError(died[0] ?? "no generator process")
    return mergeResults(results, died)
  } finally {
    unlisten()
    parts.progress.end()
    for (const one of generators) one.kill()
  }
}

/** The options of each process: its part of what is sent. */
export function partsOf(options: RunOptions, processes: number): RunOptions[] {
  const { players, zipf, concurrency, rate, count } = options
  const parts = sharesOf(players, zipf, processes).map(({ part }) => part)
  // At least one caller each.
  const callers = divide(concurrency - processes, parts)
  const counts = count === undefined ? [] : divide(count, parts)
  return parts.map((part, index) => ({
    ...options,
    process: { index, of: processes },
    concurrency: 1 + (callers[index] ?? 0),
    ...(rate === undefined ? {} : { rate: rate * part }),
    ...(count === undefined ? {} : { count: counts[index] ?? 0 }),
  }))
}

/** A count is the sum of the processes'; the seconds of a duration are the same for all. */
function showAll(generators: readonly Generator[], { count }: RunOptions, progress: Progress): void {
  const per = count === undefined ? generators.length : 1
  const [done, total] = [generators.map(one => one.done), generators.map(one => one.total)].map(sum)
  progress.update(Math.round((done ?? 0) / per), Math.round((total ?? 0) / per))
}

/** One process, from its start to its end. */
class Generator {
  done = 0
  total = 0
  onProgress = () => {}
  onDeath = () => {}
  /** Resolves once its players are there, or it has ended. */
  readonly ready: Promise<void>
  /** Its result, or why it has none. */
  readonly outcome: Promise<LoadResult | string>
  readonly #child: ChildProcess

  constructor(options: RunOptions, { start, urls }: GeneratorsParts) {
    const { index, of } = options.process ?? { index: 0, of: 1 }
    const name = `generator process ${index + 1} of ${of}`
    this.#child = start()
    let result: LoadResult | null = null
    let reason: string | null = null
    let isReady = () => {}
    this.ready = new Promise(resolve => {
      isReady = resolve
    })
    this.#child.on("message", (message: FromGenerator) => {
      if (message.kind === "ready") isReady()
      else if (message.kind === "result") result = message.result
      else if (message.kind === "failed") reason = message.reason
      else this.#progressed(message)
    })
    this.outcome = new Promise(resolve => {
      const over = (why: string) => {
        isReady()
        if (result === null) this.onDeath()
        resolve(result ?? `${name}: ${reason ?? why}`)
      }
      this.#child.once("error", error => over(`could not be started: ${error.message}`))
      this.#child.once("close", (code, signal) => {
        over(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`)
      })
    })
    this.tell({ kind: "task", task: { urls, options } })
  }

  /** A process that has ended hears nothing; `outcome` says so. */
  tell(message: ToGenerator): void {
    if (this.#child.connected) this.#child.send(message, () => {})
  }

  kill(): void {
    this.#child.kill("SIGKILL")
  }

  #progressed({ done, total }: { readonly done: number; readonly total: number }): void {
    this.done = done
    this.total = total
    this.onProgress()
  }
}
