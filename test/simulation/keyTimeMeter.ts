import type { LogRecord } from "../../src/ports/log.js"

/** True key time at the head of a log that grows (R22), in milliseconds: what a client's patience is measured by. */
export class KeyTimeMeter {
  readonly #records: readonly LogRecord[]
  #read = 0
  #total = 0

  constructor(records: readonly LogRecord[]) {
    this.#records = records
  }

  now(): number {
    for (; this.#read < this.#records.length; this.#read++) {
      const at = this.#records[this.#read]?.at ?? 0
      const before = this.#records[this.#read - 1]?.at ?? at
      this.#total += Math.min(Math.max(at - before, 0), 1000)
    }
    return this.#total
  }
}
