import type { RecordMark } from "../log/checkpoint.js"
import type { Judged } from "../log/judged.js"
import { dayOf } from "./columns.js"
import { type Row, rowsOf } from "./rows.js"

/** Consecutive records of the log on their way into the lake. */
export class Batch {
  /** The first offset. */
  readonly start: number
  readonly #realm: number
  readonly #byDay = new Map<string, Row[]>()
  #end: number
  #rows = 0
  #bytes = 0
  #last: RecordMark = { hash: "", at: 0 }

  constructor(realm: number, start: number) {
    this.#realm = realm
    this.start = start
    this.#end = start
  }

  /** Exclusive. */
  get end(): number {
    return this.#end
  }

  get records(): number {
    return this.#end - this.start
  }

  get rows(): number {
    return this.#rows
  }

  /** Of the log, not of the files. */
  get bytes(): number {
    return this.#bytes
  }

  /** The record before `end`. */
  get last(): RecordMark {
    return this.#last
  }

  /** Rows by the UTC day of their append time. */
  get days(): ReadonlyMap<string, readonly Row[]> {
    return this.#byDay
  }

  /** The next record; the caller has seen that its events can be read. */
  add(record: Judged): void {
    const rows = rowsOf(this.#realm, record)
    this.#end = record.offset + 1
    this.#rows += rows.length
    this.#bytes += record.size
    this.#last = { hash: record.hash, at: record.at }
    if (rows.length === 0) return
    const day = dayOf(record.at)
    const others = this.#byDay.get(day)
    if (others === undefined) this.#byDay.set(day, rows)
    else others.push(...rows)
  }
}
