import fc from "fast-check"
import type { FakeLogFaults } from "../fakes/logServer.js"
import type { FakeViewFaults } from "../fakes/viewStore.js"

const nemesisKinds = [
  /** SIGSTOP, and SIGCONT after `forMs`. */
  "pause api",
  /** As when its machine sleeps, or is migrated: its own time stands still too. */
  "suspend api",
  /** Only its log reader falls behind. */
  "hold tail",
  /** kill -9, and a new one. */
  "restart api",
  /** SIGTERM, and a new one after `forMs`. */
  "stop api",
  "pause projector",
  "restart projector",
  "pause views",
  "cut views",
  "empty views",
  /** At the end of `forMs`, to their state at its beginning. */
  "roll views back",
  "fill views",
  "log down",
  "cut log",
  /** The log's own clock, ahead or back by up to some hours, or by up to some seconds. */
  "jump hours",
  "jump seconds",
  /** A newer build writes an event that this one cannot read: the last player freezes. */
  "write newer",
] as const

/** Something done to the system at a moment. `who` counts through the processes; times are in milliseconds. */
export interface NemesisOp {
  readonly kind: (typeof nemesisKinds)[number]
  readonly at: number
  readonly who: number
  readonly forMs: number
}

/** The processes of a run, and their settings. */
export interface Settings {
  readonly seed: number
  readonly apis: number
  readonly projectors: number
  readonly lagMax: number
  /** The approximate size of the tail's buffer, in records. */
  readonly bufferRecords: number
  /** In milliseconds of key time. */
  readonly keyRetention: number
  readonly deadlineMs: number
  /** See `CommandsOptions`. */
  readonly warmMax: number
  readonly logFaults: Partial<FakeLogFaults>
  readonly viewFaults: Partial<FakeViewFaults>
}

/** Everything that decides one run. Printed when a run fails. */
export interface Plan extends Settings {
  readonly clients: number
  readonly players: number
  readonly guilds: number
  /** How long a client thinks between commands, at most. */
  readonly thinkMs: number
  /** How long faults go on. */
  readonly durationMs: number
  readonly nemesis: readonly NemesisOp[]
}

/** None in half of the plans, otherwise up to a maximum. */
function share(most: number): fc.Arbitrary<number> {
  return fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 10 }).map(tenths => (most * tenths) / 10),
  )
}

function span(most: number): fc.Arbitrary<readonly [number, number]> {
  return fc.tuple(fc.nat(most), fc.nat(most)).map(([a, b]) => (a < b ? [a, b] : [b, a]))
}

const nemesis = fc.record({
  kind: fc.constantFrom(...nemesisKinds),
  at: fc.nat(10_000),
  who: fc.nat(5),
  forMs: fc.oneof(fc.nat(300), fc.nat(8000)),
})

const logFaults = fc.record({
  appendMs: span(20),
  readMs: span(20),
  boundsMs: span(20),
  lost: share(0.1),
  replyLost: share(0.1),
  late: share(0.1),
  lateMs: fc.constant([100, 6000] as const),
  doubled: share(0.2),
  doubledMs: fc.constant([0, 4000] as const),
  partial: share(0.1),
  hole: share(0.03),
  garbage: share(0.03),
  clockJump: share(0.03),
  smallBatch: share(0.5),
})

const viewFaults = fc.record({ latencyMs: span(20), lost: share(0.1), replyLost: share(0.1) })

/**
 * Few players and many clients, so that they meet; a small lagMax, buffer and retention, so that commits expire, views
 * fall out of reach and keys are forgotten. Half of the retention is above 1 s, the most that one record adds to key
 * time: otherwise a quiet second would expire whatever is in flight.
 */
export const plans: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(2 ** 31 - 1),
  apis: fc.integer({ min: 2, max: 4 }),
  projectors: fc.integer({ min: 1, max: 2 }),
  lagMax: fc.integer({ min: 10, max: 64 }),
  bufferRecords: fc.integer({ min: 10, max: 300 }),
  keyRetention: fc.integer({ min: 4000, max: 15_000 }),
  deadlineMs: fc.integer({ min: 300, max: 5000 }),
  warmMax: fc.integer({ min: 1, max: 8 }),
  logFaults,
  viewFaults,
  clients: fc.integer({ min: 2, max: 10 }),
  players: fc.integer({ min: 1, max: 4 }),
  guilds: fc.integer({ min: 1, max: 2 }),
  thinkMs: fc.integer({ min: 2, max: 60 }),
  durationMs: fc.integer({ min: 4000, max: 12_000 }),
  nemesis: fc.array(nemesis, { maxLength: 10 }),
})
