import type { Judged } from "../log/judged.js"
import {
  type EventFilter,
  type EventPosition,
  eventsOf,
  type PositionedEvent,
  wantedOf,
} from "./eventFilter.js"
import type { Tail } from "./tail.js"

/** At most this many events are taken at a time: they are all that a subscriber holds of its own. */
const EVENTS_MAX = 64

/** At most this many records are looked through before others get their turn: about a millisecond. */
const RECORDS_MAX = 2000

export interface Taken {
  readonly events: readonly PositionedEvent[]
  /** Where the next take begins. */
  readonly next: EventPosition
  /** Nothing is left: everything up to the tail's position was looked at. */
  readonly idle: boolean
}

/** Takes what a topic wants from the tail's buffer, which must reach back to the place. */
export function takeEvents({ buffer, position }: Tail, topic: EventFilter, from: EventPosition): Taken {
  const { aggregate } = topic
  const records = aggregate === null ? buffer.since(from.offset) : buffer.about(aggregate, from.offset)
  const events: PositionedEvent[] = []
  let looked = 0
  for (const record of records) {
    events.push(...eventsOf(record, topic, from))
    looked += 1
    if (events.length >= EVENTS_MAX || looked >= RECORDS_MAX) {
      return { events, next: { offset: record.offset + 1, index: 0 }, idle: false }
    }
  }
  return { events, next: { offset: position, index: 0 }, idle: true }
}

/**
 * Where one subscriber is. While it is idle, the first record that it wants is noted, so that whoever gets nothing costs
 * nothing.
 */
export class SubscriberCursor {
  readonly topic: EventFilter
  #place: EventPosition
  #idle = false
  #wake: () => void = () => {}
  #woken = false

  constructor(topic: EventFilter, place: EventPosition) {
    this.topic = topic
    this.#place = place
  }

  get place(): EventPosition {
    return this.#place
  }

  /** Everything up to the tail's position was looked at. */
  get idle(): boolean {
    return this.#idle
  }

  took({ next, idle }: Pick<Taken, "next" | "idle">): void {
    this.#place = next
    this.#idle = idle
  }

  /** A record came, with these events. Answers whether there now is something to take that nobody has told of yet. */
  note(record: Judged, events: readonly PositionedEvent[]): boolean {
    if (!this.#idle || wantedOf(record, events, this.topic).length === 0) return false
    this.took({ next: { offset: record.offset, index: 0 }, idle: false })
    return true
  }

  wake(): void {
    this.#woken = true
    this.#wake()
  }

  /** Resolves at the next `wake`, also one that came since the last time. */
  async woken(): Promise<void> {
    if (!this.#woken) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    this.#woken = false
  }
}
