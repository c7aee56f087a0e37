import type { LogRecord } from "../../ports/log.js"
import type { Bounds } from "./bounds.js"

/** What to do with what a consumer has fetched. */
export type Sight =
  /** `deliver`: the record is the next one. `skip`: a repeat, or the known record, unchanged. */
  | { readonly kind: "deliver" | "skip" }
  /** `look again`: offsets are missing, fetch again from `restart()`. `ask another`: still missing, try a new one. */
  | { readonly kind: "look again" | "ask another" }
  /** Two consumers agree: the offsets up to `to` (exclusive) hold no record, unless the log begins beyond `next`. */
  | { readonly kind: "hole"; readonly to: number }
  /** This is not the log that was being read. */
  | { readonly kind: "truncated"; readonly reason: string }

interface Jump {
  /** The offset that was expected. */
  readonly place: number
  /** Nothing was seen between `place` and this offset. */
  readonly to: number
  readonly consumer: number
}

/**
 * A reader's position in the log, and what it accepts there: exactly the next record, and, whenever the consumer may
 * have lost its place, first the last record that it knows, unchanged (R10). Consumers are not trusted beyond that:
 * kafkajs skips offsets after an expired session, and resets the offset silently when it is out of range.
 *
 * States: `unsure` (after `restart` or a repeat, when a record is known) accepts only the known record and becomes
 * `sure`; `sure` accepts the next record.
 */
export class Cursor {
  #next: number
  #known: LogRecord | null = null
  #sure = true
  #jump: Jump | null = null

  /** At first there is no known record: the caller checks its checkpoint itself. */
  constructor(from: number) {
    this.#next = from
  }

  /** The next offset to deliver. */
  get next(): number {
    return this.#next
  }

  /** The last record delivered that was not a hole; null before the first. */
  get known(): LogRecord | null {
    return this.#known
  }

  /** The consumer may have lost its place: returns the offset to fetch from. */
  restart(): number {
    this.#sure = this.#known === null
    return this.#known?.offset ?? this.#next
  }

  /** A consumer fetched this record. `consumer` is its number: a new consumer has a new number. */
  see(record: LogRecord, consumer: number): Sight {
    // Consumers go forward. This one went back, perhaps reset to the beginning of the log: but of which log?
    if (record.offset < this.#next) this.restart()
    const place = this.#place()
    if (record.offset < place) return { kind: "skip" }
    if (record.offset > place) return this.#missing(record.offset, consumer)
    // A jump from another place stays noted: on the way back to it the known record is seen again.
    if (this.#jump?.place === place) this.#jump = null
    if (!this.#sure) return this.#compare(record)
    this.#known = record
    this.#next = record.offset + 1
    return { kind: "deliver" }
  }

  /** A consumer found no record below this offset, and nothing at it yet. */
  seeNothingBelow(offset: number, consumer: number): Sight {
    return offset > this.#place() ? this.#missing(offset, consumer) : { kind: "skip" }
  }

  /** The offsets up to this one (exclusive) are a hole. */
  pass(to: number): void {
    this.#next = to
    this.#jump = null
  }

  /** Why these bounds cannot be those of the log that was read; null when they can. */
  contradiction({ start, head }: Bounds, nextWhenAsked: number): string | null {
    if (start > this.#next) return `expected offset ${this.#next}, the log begins at ${start}`
    if (head < nextWhenAsked) return `expected offset ${nextWhenAsked}, the log ends at ${head}`
    return null
  }

  #place(): number {
    return this.#sure || this.#known === null ? this.#next : this.#known.offset
  }

  #compare(record: LogRecord): Sight {
    const known = this.#known
    if (known === null || !same(known, record)) {
      return { kind: "truncated", reason: `another record than before stands at offset ${record.offset}` }
    }
    this.#sure = true
    return { kind: "skip" }
  }

  #missing(to: number, consumer: number): Sight {
    const place = this.#place()
    const before = this.#jump
    if (before?.place !== place) {
      this.#jump = { place, to, consumer }
      return { kind: "look again" }
    }
    if (before.consumer === consumer) return { kind: "ask another" }
    if (!this.#sure) {
      return { kind: "truncated", reason: `the record known at offset ${place} is gone, ${to} comes next` }
    }
    return { kind: "hole", to: Math.min(before.to, to) }
  }
}

function same(one: LogRecord, other: LogRecord): boolean {
  return one.at === other.at && Buffer.compare(one.bytes, other.bytes) === 0
}
