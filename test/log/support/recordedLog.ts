import { encodeCommit, encodeGenesis } from "../../../src/log/codec.js"
import type { Commit, Genesis } from "../../../src/log/commit.js"
import { type Judged, readJudged } from "../../../src/log/judged.js"
import type { Log, LogBatch, LogRecord } from "../../../src/ports/log.js"

export interface RecordedLogOptions {
  /** Sizes of the batches that a read yields, repeated in turn. */
  readonly batches?: readonly number[]
  /** The append time of each offset. */
  readonly at?: (offset: number) => number
  /** Whether a read waits at the head until it is aborted, as on a real log. Else it ends there. */
  readonly waits?: boolean
}

/** A log whose records the test gives. */
export class RecordedLog implements Log {
  /** Where the reads began. */
  readonly reads: number[] = []
  readonly records: LogRecord[]
  readonly #batches: readonly number[]
  readonly #waits: boolean

  constructor(
    bytes: readonly Uint8Array[],
    { batches = [7], at = offset => offset, waits = false }: RecordedLogOptions = {},
  ) {
    this.#waits = waits
    this.records = bytes.map((each, offset) => ({ offset, at: at(offset), bytes: each }))
    this.#batches = batches
  }

  async *read(from: number, signal: AbortSignal): AsyncGenerator<LogBatch> {
    this.reads.push(from)
    const head = this.records.length
    let next = from
    for (let i = 0; next < head; i++) {
      const size = Math.max(1, this.#batches[i % this.#batches.length] ?? 1)
      yield { records: this.records.slice(next, next + size), head }
      next += size
    }
    if (!this.#waits || signal.aborted) return
    await new Promise(resolve => signal.addEventListener("abort", resolve, { once: true }))
  }

  async bounds() {
    return { start: 0, head: this.records.length }
  }

  append(): Promise<void> {
    return Promise.reject(new Error("a recorded log takes no appends"))
  }

  async probe(): Promise<void> {}

  async close(): Promise<void> {}
}

export function genesisOf(lagMax: number): Genesis {
  return { logId: "log-1", realm: 0, lagMax, format: 1 }
}

/** The bytes of a log: its genesis, then these. A commit's `seen` counts the genesis too. */
export function recordsOf(lagMax: number, commits: readonly (Commit | Uint8Array)[]): Uint8Array[] {
  const encoded = commits.map(one => (one instanceof Uint8Array ? one : encodeCommit(one)))
  return [encodeGenesis(genesisOf(lagMax)), ...encoded]
}

/** Everything that the judged reader yields of a recorded log from an offset on. */
export async function judgedFrom(log: RecordedLog, lagMax: number, from: number): Promise<Judged[]> {
  const all: Judged[] = []
  for await (const { records } of readJudged(log, genesisOf(lagMax), from, new AbortController().signal)) {
    all.push(...records)
  }
  return all
}
