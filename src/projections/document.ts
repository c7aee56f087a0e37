import type { Aggregate } from "../domain/aggregates.js"
import { evolve, type State } from "../domain/states.js"
import type { FrozenCode } from "../log/effect.js"
import type { Judged } from "../log/judged.js"

/**
 * What is known about one aggregate: its state, and its link, the commit that the next one must build on. A superseded
 * commit moves the link too, even on an aggregate without a state.
 */
export interface Document {
  readonly link: string | null
  /** How many effective commits changed it. */
  readonly version: number
  readonly state: State
  /** Set by an effective commit that this build cannot fold; `state` is the one before that commit (R13, R14). */
  readonly frozen?: { readonly code: FrozenCode; readonly offset: number; readonly reason: string }
}

export const NO_DOCUMENT: Document = { link: null, version: 0, state: null }

/** A document of the view store, or `none`. The text is ours: it was written under a valid checkpoint of this fold version. */
export function parseDocument<T>(text: string | null | undefined, none: T): T {
  return text === null || text === undefined ? none : (JSON.parse(text) as T)
}

/** The document after one judged record; the same object when the record does not touch the aggregate. */
export function foldDocument(aggregate: Aggregate, document: Document, judged: Judged): Document {
  const { commit } = judged
  if (commit === null || !Object.hasOwn(commit.on, aggregate)) return document
  const link = judged.linked.includes(aggregate) ? commit.id : document.link
  return { ...foldEffect(aggregate, document, judged), link }
}

function foldEffect(aggregate: Aggregate, document: Document, { offset, effect }: Judged): Document {
  if (effect === null || document.frozen !== undefined) return document
  if (effect.kind === "unreadable") return freeze(document, effect.code, offset, effect.reason)
  const events = effect.byAggregate.get(aggregate) ?? []
  if (events.length === 0) return document
  let state = document.state
  for (const event of events) {
    const next = evolve(aggregate, state, event)
    if (next === undefined) {
      return freeze(
        document,
        "AGGREGATE_FROZEN",
        offset,
        `${event.type} cannot follow the state of ${aggregate}`,
      )
    }
    state = next
  }
  return { ...document, state, version: document.version + 1 }
}

function freeze(document: Document, code: FrozenCode, offset: number, reason: string): Document {
  return { ...document, frozen: { code, offset, reason } }
}
