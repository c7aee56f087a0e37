import { Fault } from "../../../src/ports/faults.js"
import type { Log, LogBatch } from "../../../src/ports/log.js"

interface Asked<T> {
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

/** A log whose answers are all given by the test. */
export class ScriptedLog implements Log {
  /** The records of each append, as text, in order. */
  readonly appends: string[][] = []
  readonly #appending: Asked<void>[] = []
  readonly #asking: Asked<{ start: number; head: number }>[] = []

  append(records: readonly Uint8Array[]): Promise<void> {
    this.appends.push(records.map(record => Buffer.from(record).toString()))
    return new Promise((resolve, reject) => this.#appending.push({ resolve, reject }))
  }

  bounds(): Promise<{ start: number; head: number }> {
    return new Promise((resolve, reject) => this.#asking.push({ resolve, reject }))
  }

  async probe(): Promise<void> {}

  async *read(): AsyncGenerator<LogBatch> {}

  async close(): Promise<void> {}

  /** How many requests for the head wait for an answer. */
  get asked(): number {
    return this.#asking.length
  }

  /** How many appends wait for an answer. */
  get appending(): number {
    return this.#appending.length
  }

  stored(): void {
    this.#appending.shift()?.resolve()
  }

  failed(code: "LOG_UNAVAILABLE" | "OUTCOME_UNKNOWN"): void {
    this.#appending.shift()?.reject(new Fault(code, "as the test says"))
  }

  headIs(head: number): void {
    this.#asking.shift()?.resolve({ start: 0, head })
  }

  headUnknown(): void {
    this.#asking.shift()?.reject(new Fault("LOG_UNAVAILABLE", "as the test says"))
  }
}
