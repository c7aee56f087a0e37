import type { CommandRequest } from "../../src/commands/request.js"
import type { Aggregate } from "../../src/domain/aggregates.js"
import type { GameEvent } from "../../src/domain/events.js"
import type { Refusal } from "../../src/domain/refusals.js"
import type { State } from "../../src/domain/states.js"
import type { FaultCode } from "../../src/ports/faults.js"
import type { LogRecord } from "../../src/ports/log.js"
import type { Checkpoint } from "../../src/ports/viewStore.js"
import type { ViewData } from "../fakes/viewData.js"

/** One command sent to one process, and its outcome. Plain data, for the checker. */
export interface Attempt {
  /** With a key, even if the client has none: then the process was given one. */
  readonly request: CommandRequest
  /** The process and which of its lives: `api-1.2`. */
  readonly process: string
  /** Virtual time, in milliseconds. */
  readonly arrivedAt: number
  readonly headAtArrival: number
  /** The tail's position then. */
  readonly tailAtArrival: number
  answer: Answer | null
}

/** The process's answer. An attempt without an answer died with its process. */
export type Answer = AnswerPlace & (Done | Refused | Failed)

interface AnswerPlace {
  readonly answeredAt: number
  readonly headAtAnswer: number
}

interface Done {
  readonly kind: "done"
  readonly events: readonly { readonly id: string; readonly at: number; readonly event: GameEvent }[]
  readonly replayed: boolean
  readonly position: number
  readonly states: ReadonlyMap<Aggregate, State>
}

interface Refused {
  readonly kind: "refused"
  readonly refusal: Refusal
  readonly position: number
  readonly states: ReadonlyMap<Aggregate, State>
}

interface Failed {
  readonly kind: "fault"
  readonly code: FaultCode
  readonly message: string
}

/** A query of some aggregates through one process. */
export interface Query {
  readonly process: string
  /** The highest position that this process had answered with when the query came. */
  readonly answeredBefore: number
  /** The tail's position at the moment of the answer. */
  readonly position: number
  readonly states: ReadonlyMap<Aggregate, State>
}

/** Everything that a run leaves behind. */
export interface History {
  readonly records: readonly LogRecord[]
  readonly lagMax: number
  readonly keyRetention: number
  readonly attempts: readonly Attempt[]
  readonly queries: readonly Query[]
  /** Which life of which process made a commit, and when, by the commit's id. */
  readonly senders: ReadonlyMap<string, { readonly process: string; readonly at: number }>
  /** Commits of a newer build, by their ids. */
  readonly newer: ReadonlySet<string>
  /** Checkpoints in the order in which they were won; null where the store was emptied or rolled back on purpose. */
  readonly checkpoints: readonly (Checkpoint | null)[]
  /** The views after everything was quiet; null when the run ended before that. */
  readonly views: ViewData | null
  /** Problems noticed by the world itself: clients without an answer, projectors that stopped, unhandled errors. */
  readonly unhealed: readonly string[]
}
