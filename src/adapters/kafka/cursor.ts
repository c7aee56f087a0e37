import type { LogRecord } from "../../ports/log.js"
import type { Bounds } from "./bounds.js"

/** What to do with what a consumer brought. */
export type Sight =
  /** `deliver`: the record is the next one. `skip`: a repeat, or the known record, as it should be. */
  | { readonly kind: "deliver" | "skip" }
  /** `look again`: offsets are missing, fetch again from `restart()`. `ask another`: missing still, by a fresh one. */
  | { readonly kind: "look again" | "ask another" }
  /** Two consumers agree: the offsets up to `to` (exclusive) hold no record, unless the log begins beyond `next`. */
  | { readonly kind: "hole"; readonly to: number }
  /** This is not the log that was read before. */
  | { readonly kind: "truncated"; readonly reason: string }

interface Jump {
  /** The offset that was expected. */
  readonly place: number
  /** Nothing was seen between `place` and this offset. */
  readonly to: number
  readonly consumer: number
}

/**
 * A reader's place in the log, and what it accepts there: exactly the next record, and, whenever the consumer may
 * have lost its place, first the last record that it knows, unchanged (R10). Consumers are trusted in nothing else:
 * kafkajs skips offsets after an expired session, and resets the offset silently when it is out of range.
 *
 * States: `unsure` (after `restart` or a repeat, when a record is known) accepts the known record alone and becomes
 * `sure`; `sure` accepts the next record.
 */
export class Cursor {
  #next: number
  #known: LogRecord | null = null
  #sure = true
  #jump: Jump | null = null

  /** At the beginning there is no known record: the caller compares its checkpoint itself. */
  constructor(from: number) {
    this.#next = from
  }

  /** The next offset to deliver. */
  get next(): number {
    return this.#next
  }

  /** The last record delivered that was one; null for none yet. */
  get known(): LogRecord | null {
    return this.#known
  }

  /** The consumer may have lost its place: the answer is the offset to fetch from. */
  restart(): number {
    this.#sure = this.#known === null
    return this.#known?.offset ?? this.#next
  }

  /** A consumer brought this record. `consumer` numbers it: a fresh one has another number. */
  see(record: LogRecord, consumer: number): Sight {
    // Consumers go forward. This one was sent back, by a reset to the log's beginning perhaps: of which log?
    if (record.offset < this.#next) this.restart()
    const place = this.#place()
    if (record.offset < place) return { kind: "skip" }
    if (record.offset > place) return this.#missing(record.offset, consumer)
    // Not a jump from elsewhere: on the way back to it the known record is seen again.
    if (this.#jump?.place === place) this.#jump = null
    if (!this.#sure) return this.#compare(record)
    this.#known = record
    this.#next = record.offset + 1
    return { kind: "deliver" }
  }

  /** A consumer brought no record below this offset, and nothing at it yet. */
  seeNothingBelow(offset: number, consumer: number): Sight {
    return offset > this.#place() ? this.#missing(offset, consumer) : { kind: "skip" }
  }

  /** The offsets up to this one (exclusive) are a hole. */
  pass(to: number): void {
    this.#next = to
    this.#jump = null
  }

  /** Why these bounds are not those of the log that was read; null when they may be. */
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
