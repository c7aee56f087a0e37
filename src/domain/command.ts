import type { Aggregate } from "./aggregates.js"
import type { Catalogue } from "./catalogue.js"
import type { GameEvent } from "./events.js"
import type { Fields, Values } from "./kinds.js"
import type { Refusal, RefusalCode } from "./refusals.js"
import type { States } from "./states.js"

export type Decision = { readonly events: readonly GameEvent[] } | { readonly refusal: Refusal }

/** One command, declared in one place: its input, its aggregates from the input alone (R17), its decision. */
export interface CommandType<F extends Fields = Fields> {
  readonly name: string
  /** What the GraphQL schema says of its mutation. */
  readonly description?: string
  readonly input: F
  /** From the input alone, never from state. The acting player comes first and owns the key. */
  readonly aggregates: (input: Values<F>) => readonly Aggregate[]
  /** How many of a commit's places it takes (R18); by default 1. More if its events are large. */
  readonly places?: number
  /** Pure. Where several reasons hold, the acting player's own come first. */
  readonly decide: (input: Values<F>, states: States, catalogue: Catalogue) => Decision
  /** A problem of the input as a whole that no single field shows, or null. */
  readonly check?: (input: Values<F>) => { readonly field: string; readonly expected: string } | null
}

export function command<F extends Fields>(type: CommandType<F>): CommandType<F> {
  return type
}

export function refuse(code: RefusalCode, message: string): Decision {
  return { refusal: { code, message } }
}

export function accept(...events: GameEvent[]): Decision {
  return { events }
}
