import type { Aggregate } from "../domain/aggregates.js"
import type { GameEvent } from "../domain/events.js"
import { eventId } from "../log/effect.js"
import type { Judged } from "../log/judged.js"

/** A place between events: what comes next is the first event at or after it, counting over all events of a commit. */
export interface EventPosition {
  readonly offset: number
  readonly index: number
}

/** An event that happened, with its place. */
export interface PositionedEvent extends EventPosition {
  readonly id: string
  /** Append time, in milliseconds since 1970. */
  readonly at: number
  readonly event: GameEvent
}

/** What a subscriber wants of the log. */
export interface EventFilter {
  /** Only events that change this aggregate; null: of any. */
  readonly aggregate: Aggregate | null
  readonly matches: (event: PositionedEvent) => boolean
}

/** All events of a record, in order. Made for each subscriber that looks: with spreads it was a third of a notice's cost. */
export function positionedEvents({ offset, at, effect }: Judged): PositionedEvent[] {
  if (effect?.kind !== "events") return []
  const placed: PositionedEvent[] = []
  for (const { events } of effect.commands) {
    for (const event of events) {
      const index = placed.length
      placed.push({ offset, index, id: eventId(offset, index), at, event })
    }
  }
  return placed
}

/** Those of a record's events that a topic wants. */
export function wantedOf(
  { effect }: Judged,
  events: readonly PositionedEvent[],
  { aggregate, matches }: EventFilter,
): PositionedEvent[] {
  if (effect?.kind !== "events") return []
  if (aggregate === null) return events.filter(matches)
  const changing = effect.byAggregate.get(aggregate) ?? []
  return events.filter(placed => changing.includes(placed.event) && matches(placed))
}

/** The events of a record that a topic wants, from a place on, in order. */
export function eventsOf(record: Judged, topic: EventFilter, from: EventPosition): PositionedEvent[] {
  const wanted = wantedOf(record, positionedEvents(record), topic)
  return record.offset === from.offset ? wanted.filter(({ index }) => index >= from.index) : wanted
}

/** The place right after an event. */
export function positionAfter({ offset, index }: EventPosition): EventPosition {
  return { offset, index: index + 1 }
}
