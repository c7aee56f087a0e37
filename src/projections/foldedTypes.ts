import { readableTypes, typeOf } from "../domain/events.js"
import type { CommitEffect } from "../log/effect.js"
import { Fault } from "../ports/faults.js"
import type { Checkpoint } from "../ports/viewStore.js"

/** The event types that a checkpoint lists: those folded, and those that the build did not know. */
export type TypeLists = Pick<Checkpoint, "folded" | "frozen">

const NONE: TypeLists = { folded: [], frozen: [] }

/** Collects the event types of effective commits, for the checkpoint after them (R33). */
export class FoldedTypes {
  readonly #folded: Set<string>
  readonly #frozen: Set<string>

  constructor({ folded, frozen }: TypeLists = NONE) {
    this.#folded = new Set(folded)
    this.#frozen = new Set(frozen)
  }

  take(effect: CommitEffect | null): void {
    if (effect === null) return
    if (effect.kind === "events") {
      for (const { events } of effect.commands) for (const event of events) this.#folded.add(typeOf(event))
    } else if (effect.needs !== null) this.#frozen.add(effect.needs)
  }

  get lists(): TypeLists {
    return { folded: [...this.#folded].sort(), frozen: [...this.#frozen].sort() }
  }
}

/**
 * Why this build cannot read or continue some views, or null (R33). NEEDS_NEWER_BUILD: they hold event types that it
 * does not know. VIEWS_UNAVAILABLE: an older build froze aggregates at types that this one knows, so this one fills a
 * new generation.
 */
export function otherBuild(
  { generation, folded, frozen }: Pick<Checkpoint, "generation" | "folded" | "frozen">,
  readable = readableTypes,
): Fault | null {
  const unknown = folded.filter(type => !readable.has(type))
  if (unknown.length > 0) {
    const message = `the views, generation ${generation}, hold events that this build does not know: ${unknown.join(", ")}`
    return new Fault("NEEDS_NEWER_BUILD", `${message}; run the build that recorded them, or a newer one`)
  }
  const known = frozen.filter(type => readable.has(type))
  if (known.length === 0) return null
  const message = `the views, generation ${generation}, were frozen by an older build at ${known.join(", ")}`
  return new Fault(
    "VIEWS_UNAVAILABLE",
    `${message}; a projector of this build fills a new generation when it starts`,
  )
}
