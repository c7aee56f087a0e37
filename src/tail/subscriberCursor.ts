import type { Judged } from "../log/judged.js"
import {
  type EventFilter,
  type EventPosition,
  eventsOf,
  type PositionedEvent,
  wantedOf,
} from "./eventFilter.js"
import type { Tail } from "./tail.js"

/** At most this many events are taken at a time, and the rest of one record: all the memory that a subscriber holds. */
const EVENTS_MAX = 64

/** At most this many records are scanned before other work gets its turn: about a millisecond. */
const RECORDS_MAX = 2000

export interface Taken {
  readonly events: readonly PositionedEvent[]
  /** Where the next take begins. */
  readonly next: EventPosition
  /** Nothing is left: everything up to the tail's position was scanned. */
  readonly idle: boolean
}

/** Takes the events that pass a filter from the tail's buffer, which must reach back to the position. */
export function takeEvents({ buffer, position }: Tail, filter: EventFilter, from: EventPosition): Taken {
  const { aggregate } = filter
  const records = aggregate === null ? buffer.since(from.offset) : buffer.about(aggregate, from.offset)
  const events: PositionedEvent[] = []
  let looked = 0
  for (const record of records) {
    events.push(...eventsOf(record, filter, from))
    looked += 1
    if (events.length >= EVENTS_MAX || looked >= RECORDS_MAX) {
      return { events, next: { offset: record.offset + 1, index: 0 }, idle: false }
    }
  }
  return { events, next: { offset: position, index: 0 }, idle: true }
}

/**
 * Where one subscriber is in the log. While it is idle, `SubscriberIndex` notes the first record that it wants, so a subscriber
 * that gets nothing costs nothing.
 */
export class SubscriberCursor {
  readonly filter: EventFilter
  #place: EventPosition
  #idle = false
  #wake: () => void = () => {}
  #woken = false

  constructor(filter: EventFilter, place: EventPosition) {
    this.filter = filter
    this.#place = place
  }

  get place(): EventPosition {
    return this.#place
  }

  /** Everything up to the tail's position was scanned. */
  get idle(): boolean {
    return this.#idle
  }

  took({ next, idle }: Pick<Taken, "next" | "idle">): void {
    this.#place = next
    this.#idle = idle
  }

  /** Notes a new record with these events. True if the subscriber was idle and must now be woken. */
  note(record: Judged, events: readonly PositionedEvent[]): boolean {
    if (!this.#idle || wantedOf(record, events, this.filter).length === 0) return false
    this.took({ next: { offset: record.offset, index: 0 }, idle: false })
    return true
  }

  wake(): void {
    this.#woken = true
    this.#wake()
  }

  /** Resolves at the next `wake`, or at once if there was one since the last call. */
  async woken(): Promise<void> {
    if (!this.#woken) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    this.#woken = false
  }
}
