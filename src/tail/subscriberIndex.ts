import type { Aggregate } from "../domain/aggregates.js"
import type { Judged } from "../log/judged.js"
import { type PositionedEvent, positionedEvents } from "./eventFilter.js"
import type { SubscriberCursor } from "./subscriberCursor.js"

/** The open subscribers, found by what they filter on, so that a record costs only those that may want it. */
export class SubscriberIndex {
  readonly #all = new Set<SubscriberCursor>()
  readonly #ofAny = new Set<SubscriberCursor>()
  readonly #ofAggregate = new Map<Aggregate, Set<SubscriberCursor>>()
  #noted: SubscriberCursor[] = []

  add(cursor: SubscriberCursor): void {
    this.#all.add(cursor)
    const { aggregate } = cursor.filter
    if (aggregate === null) {
      this.#ofAny.add(cursor)
      return
    }
    const others = this.#ofAggregate.get(aggregate)
    if (others === undefined) this.#ofAggregate.set(aggregate, new Set([cursor]))
    else others.add(cursor)
  }

  remove(cursor: SubscriberCursor): void {
    this.#all.delete(cursor)
    this.#ofAny.delete(cursor)
    const { aggregate } = cursor.filter
    if (aggregate === null) return
    const others = this.#ofAggregate.get(aggregate)
    others?.delete(cursor)
    if (others?.size === 0) this.#ofAggregate.delete(aggregate)
  }

  /** A record was judged: notes the subscribers that want it, which `wake` wakes. */
  note(record: Judged): void {
    if (this.#all.size === 0 || record.effect?.kind !== "events") return
    const events = positionedEvents(record)
    for (const cursor of this.#ofAny) this.#noteOne(cursor, record, events)
    for (const aggregate of record.effect.byAggregate.keys()) {
      for (const cursor of this.#ofAggregate.get(aggregate) ?? []) this.#noteOne(cursor, record, events)
    }
  }

  /** Wakes the subscribers noted since the last call, or every one. */
  wake(everyone: boolean): void {
    const woken = everyone ? this.#all : this.#noted
    this.#noted = []
    for (const cursor of woken) cursor.wake()
  }

  #noteOne(cursor: SubscriberCursor, record: Judged, events: readonly PositionedEvent[]): void {
    if (cursor.note(record, events)) this.#noted.push(cursor)
  }
}
