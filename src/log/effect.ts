import type { Aggregate } from "../domain/aggregates.js"
import { changedBy, type GameEvent, readEvent, typeOf } from "../domain/events.js"
import type { Commit } from "./commit.js"

/** A command that happened. Its events' ids are `<offset>-<firstIndex + i>` (R12). */
interface DoneCommand {
  readonly id: string
  readonly digest: string
  /** The index of its first event among all events of the commit. */
  readonly firstIndex: number
  readonly events: readonly GameEvent[]
}

/** A command that happened, with its place in the log. A repeat of its key is answered from it (R21). */
export interface PlacedCommand extends DoneCommand {
  readonly offset: number
  /** Append time, in milliseconds since 1970. */
  readonly at: number
}

/** What an effective commit did, as far as this build can read it. */
export type CommitEffect =
  | {
      readonly kind: "events"
      readonly commands: readonly DoneCommand[]
      /** The events that change each aggregate, in order. */
      readonly byAggregate: ReadonlyMap<Aggregate, readonly GameEvent[]>
    }
  /** An event that cannot be read: the commit's aggregates freeze (R13, R14). */
  | {
      readonly kind: "unreadable"
      readonly code: FrozenCode
      readonly reason: string
      /** The type and version that only a newer build can read; null when no build can. */
      readonly needs: string | null
    }

export type FrozenCode = "AGGREGATE_FROZEN" | "NEEDS_NEWER_BUILD"

/**
 * Reads the events of an effective commit. Never throws; the verdict does not depend on it. An event that changes an
 * aggregate which the commit does not name cannot be trusted: nothing guards that aggregate's history.
 */
export function effectOf(commit: Commit): CommitEffect {
  const commands: DoneCommand[] = []
  const byAggregate = new Map<Aggregate, GameEvent[]>()
  let firstIndex = 0
  for (const { id, digest, events: raw } of commit.commands) {
    const events: GameEvent[] = []
    for (const one of raw) {
      const read = readEvent(one)
      if (read.kind === "newer") return unreadable("NEEDS_NEWER_BUILD", read.reason, typeOf(one))
      if (read.kind === "bad") return unreadable("AGGREGATE_FROZEN", read.reason)
      const { event } = read
      const changed = changedBy(event)
      const unnamed = changed.find(aggregate => !Object.hasOwn(commit.on, aggregate))
      if (unnamed !== undefined) {
        const reason = `${event.type} changes ${unnamed}, which its commit does not name`
        return unreadable("AGGREGATE_FROZEN", reason)
      }
      events.push(event)
      note(byAggregate, event, changed)
    }
    commands.push({ id, digest, firstIndex, events: tight(events) })
    firstIndex += events.length
  }
  return { kind: "events", commands: tight(commands), byAggregate }
}

/** A copy without the spare capacity for 16 more that `push` leaves: the tail keeps many of these. */
function tight<T>(items: readonly T[]): readonly T[] {
  return items.slice()
}

function unreadable(code: FrozenCode, reason: string, needs: string | null = null): CommitEffect {
  return { kind: "unreadable", code, reason, needs }
}

function note(
  byAggregate: Map<Aggregate, GameEvent[]>,
  event: GameEvent,
  changed: readonly Aggregate[],
): void {
  for (const aggregate of changed) {
    const events = byAggregate.get(aggregate)
    if (events === undefined) byAggregate.set(aggregate, [event])
    else events.push(event)
  }
}

/** The commands that happened with a judged record; none unless it is an effective commit that can be read. */
export function placedCommands(judged: {
  readonly offset: number
  readonly at: number
  readonly effect: CommitEffect | null
}): PlacedCommand[] {
  const { offset, at, effect } = judged
  if (effect?.kind !== "events") return []
  return effect.commands.map(command => ({ ...command, offset, at }))
}

/** The id of an event: its place (R12). */
export function eventId(offset: number, index: number): string {
  return `${offset}-${index}`
}
