import fc from "fast-check"
import type { FakeLakeFaults } from "../../fakes/lake.js"
import type { FakeLogFaults } from "../../fakes/logServer.js"

const HOUR_MS = 3_600_000

const stumbleKinds = [
  /** SIGSTOP, and SIGCONT after `forMs`: a zombie that wakes late. */
  "pause",
  /** kill -9, and a new one after `forMs`. */
  "kill",
  /** Somebody else appends a file to the table. */
  "append",
  /** Somebody else rewrites some of the table's files as one. */
  "optimize",
] as const

/** Something that happens between two steps of a lander: before it sends a call, or before it hears the answer. */
export interface Stumble {
  readonly kind: (typeof stumbleKinds)[number]
  /** How many steps of all landers after the previous one. */
  readonly afterSteps: number
  readonly forMs: number
}

const nemesisKinds = ["cut lake", "pause lake", "fill lake", "log down", "cut log"] as const

/** Something done to the services at a moment, for a while. `who` counts through the landers. */
export interface NemesisOp {
  readonly kind: (typeof nemesisKinds)[number]
  readonly at: number
  readonly who: number
  readonly forMs: number
}

/** What is appended to the log, and how long after the previous append. */
export interface Append {
  readonly kind: "effective" | "superseded" | "expired" | "premature" | "garbage"
  readonly afterMs: number
  readonly events: number
}

/** Everything that decides one run. Printed when a run fails. */
export interface Plan {
  readonly seed: number
  readonly landers: number
  readonly lagMax: number
  readonly landWithinMs: number
  /** The share of lives of a newer build, whose events have one more field. */
  readonly newer: number
  /** Before midnight, in milliseconds. */
  readonly startMs: number
  readonly lakeFaults: Partial<FakeLakeFaults>
  readonly logFaults: Partial<FakeLogFaults>
  readonly appends: readonly Append[]
  readonly stumbles: readonly Stumble[]
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

const lakeFaults = fc.record({
  latencyMs: span(300),
  lost: share(0.1),
  replyLost: share(0.15),
  late: share(0.1),
  lateMs: fc.constantFrom([2000, 6000] as const, [2000, 120_000] as const),
  refused: share(0.1),
})

const logFaults = fc.record({
  readMs: span(300),
  boundsMs: span(300),
  lost: share(0.1),
  hole: share(0.1),
  garbage: share(0.1),
  clockJump: share(0.1),
  clockJumpMs: fc.constantFrom([1000, 10_000] as const, [HOUR_MS, 12 * HOUR_MS] as const),
  smallBatch: share(0.5),
})

const append: fc.Arbitrary<Append> = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant("effective" as const) },
    { weight: 2, arbitrary: fc.constantFrom("superseded", "expired", "premature", "garbage") },
  ),
  afterMs: fc.oneof(
    { weight: 6, arbitrary: fc.nat(500) },
    { weight: 3, arbitrary: fc.nat(10_000) },
    { weight: 1, arbitrary: fc.nat(120_000) },
  ),
  events: fc.integer({ min: 1, max: 5 }),
})

const stumble: fc.Arbitrary<Stumble> = fc.record({
  kind: fc.constantFrom(...stumbleKinds),
  afterSteps: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 60 })),
  forMs: fc.oneof(
    { weight: 4, arbitrary: fc.nat(5000) },
    { weight: 4, arbitrary: fc.nat(200_000) },
    { weight: 1, arbitrary: fc.constant(2 * HOUR_MS) },
  ),
})

const nemesis: fc.Arbitrary<NemesisOp> = fc.record({
  kind: fc.constantFrom(...nemesisKinds),
  at: fc.nat(200_000),
  who: fc.nat(3),
  forMs: fc.oneof(fc.nat(5000), fc.nat(90_000)),
})

export const plans: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(2 ** 31 - 1),
  landers: fc.integer({ min: 1, max: 4 }),
  lagMax: fc.integer({ min: 5, max: 30 }),
  landWithinMs: fc.constantFrom(2000, 5000, 20_000, 60_000),
  newer: fc.constantFrom(0, 0.3),
  startMs: fc.nat(300_000),
  lakeFaults,
  logFaults,
  appends: fc.array(append, { minLength: 5, maxLength: 80, size: "max" }),
  stumbles: fc.array(stumble, { maxLength: 30, size: "max" }),
  nemesis: fc.array(nemesis, { maxLength: 4 }),
})
