import { dayNumber, dayText } from "../lake/columns.js"
import { type Row, rowsOf } from "../lake/rows.js"
import type { Judged } from "../log/judged.js"
import type { RecordMark } from "../log/recordMark.js"
import { TypeRows } from "./typeRows.js"

/** Consecutive records of the log on their way into the lake. */
export class Batch {
  /** The first offset. */
  readonly start: number
  readonly #realm: number
  /** By day, then by event type: the table is sorted by type, and each type has its own columns. */
  readonly #byDay = new Map<number, Map<string, TypeRows>>()
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

  /** The size of the records in the log, not of the files. */
  get bytes(): number {
    return this.#bytes
  }

  /** The record before `end`. */
  get last(): RecordMark {
    return this.#last
  }

  /** Rows by the UTC day of their append time. */
  get days(): ReadonlyMap<string, readonly TypeRows[]> {
    return new Map([...this.#byDay].map(([day, ofDay]) => [dayText(day), [...ofDay.values()]]))
  }

  /** Adds the next record; the caller has checked that its events can be read. */
  add(record: Judged): void {
    const rows = rowsOf(this.#realm, record)
    this.#end = record.offset + 1
    this.#rows += rows.length
    this.#bytes += record.size
    this.#last = { hash: record.hash, at: record.at }
    const day = dayNumber(record.at)
    for (const row of rows) this.#rowsOf(day, row).add(row)
  }

  #rowsOf(day: number, { type }: Row): TypeRows {
    const ofDay = this.#byDay.get(day) ?? new Map<string, TypeRows>()
    if (ofDay.size === 0) this.#byDay.set(day, ofDay)
    const rows = ofDay.get(type.name) ?? new TypeRows(type)
    if (rows.rows === 0) ofDay.set(type.name, rows)
    return rows
  }
}
