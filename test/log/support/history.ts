import fc from "fast-check"
import type { Commit } from "../../../src/log/commit.js"
import { Judge, type Judgement } from "../../../src/log/judge.js"

/**
 * Histories of a log that stale, paused, duplicating and reordering writers make together, without any coordination
 * but the chain rule. A model of R1 to R7, with the real judge (or one deliberately wrong) in every writer.
 */
export interface JudgeLike {
  judge(offset: number, commit: Pick<Commit, "seen" | "on">): Judgement
}
export type MakeJudge = (lagMax: number) => JudgeLike
export const realJudge: MakeJudge = lagMax => new Judge(lagMax)

/** One commit of a history: what the log holds, and what its writer intended. */
export interface Entry {
  readonly commit: Commit
  /** How it changes each balance. */
  readonly changes: ReadonlyMap<string, number>
  /** Gold that it creates; everything else moves between balances. */
  readonly minted: number
  /** The balances that it was decided on. */
  readonly believed: ReadonlyMap<string, number>
}

export interface Plan {
  readonly lagMax: number
  readonly aggregates: number
  readonly writers: number
  readonly steps: readonly Step[]
}

/** Numbers are indexes, taken modulo the number of candidates. */
type Step =
  | { readonly do: "read"; readonly writer: number; readonly percent: number }
  | {
      readonly do: "decide"
      readonly writer: number
      readonly on: readonly number[]
      readonly copies: number
    }
  | { readonly do: "arrive"; readonly which: number }
  | { readonly do: "giveUp"; readonly writer: number }
  | { readonly do: "fromTheFuture"; readonly on: number; readonly ahead: number }

const place = fc.nat(1000)
const percent = fc.integer({ min: 0, max: 100 })
/** 1 in 10 is lost on the way, 2 in 10 arrive twice. */
const copies = fc.constantFrom(0, 1, 1, 1, 1, 1, 1, 1, 2, 2)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ do: fc.constant("read" as const), writer: place, percent }) },
  {
    weight: 30,
    arbitrary: fc.record({
      do: fc.constant("decide" as const),
      writer: place,
      on: fc.array(place, { minLength: 1, maxLength: 3, size: "max" }),
      copies,
    }),
  },
  { weight: 30, arbitrary: fc.record({ do: fc.constant("arrive" as const), which: place }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("giveUp" as const), writer: place }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("fromTheFuture" as const),
      on: place,
      ahead: fc.integer({ min: 1, max: 20 }),
    }),
  },
)

export const plans: fc.Arbitrary<Plan> = fc.record({
  lagMax: fc.integer({ min: 3, max: 14 }),
  aggregates: fc.integer({ min: 2, max: 5 }),
  writers: fc.integer({ min: 1, max: 5 }),
  steps: fc.array(step, { maxLength: 400, size: "max" }),
})

/** Plays a plan, with a judge of this kind in each writer. */
export function play(plan: Plan, makeJudge: MakeJudge = realJudge): readonly Entry[] {
  const world = new World(plan, makeJudge)
  for (const one of plan.steps) world.take(one)
  return world.log
}

class World {
  readonly log: Entry[] = []
  readonly #plan: Plan
  readonly #writers: readonly Reader[]
  /** Sent and not yet appended; they arrive in any order. */
  readonly #network: Entry[] = []
  #commits = 0

  constructor(plan: Plan, makeJudge: MakeJudge) {
    this.#plan = plan
    this.#writers = Array.from({ length: plan.writers }, () => new Reader(makeJudge(plan.lagMax)))
  }

  take(one: Step): void {
    if (one.do === "arrive") this.#arrive(one.which)
    else if (one.do === "fromTheFuture") this.#appendPremature(one.on, one.ahead)
    else {
      const writer = this.#writers[one.writer % this.#writers.length]
      if (writer === undefined) return
      if (one.do === "read") writer.read(this.log, one.percent)
      else if (one.do === "giveUp") writer.inFlight.clear()
      else this.#decide(writer, one.on, one.copies)
    }
  }

  #arrive(which: number): void {
    const [entry] = this.#network.splice(which % Math.max(1, this.#network.length), 1)
    if (entry !== undefined) this.log.push(entry)
  }

  /** A player with gold gives a coin to each other one; a player who is alone is granted ten. */
  #decide(writer: Reader, places: readonly number[], copies: number): void {
    const wanted = [...new Set(places.map(one => this.#aggregate(one)))]
    const [acting, ...others] = wanted
    // One basis in flight for each aggregate (R7).
    if (acting === undefined || wanted.some(aggregate => writer.inFlight.has(aggregate))) return
    const granted = others.length === 0
    if (!granted && writer.balance(acting) < others.length) return
    const changes = granted
      ? new Map([[acting, 10]])
      : new Map([[acting, -others.length], ...others.map(other => [other, 1] as const)])
    const believed = new Map(wanted.map(aggregate => [aggregate, writer.balance(aggregate)]))
    const on = Object.fromEntries(wanted.map(aggregate => [aggregate, writer.link(aggregate)]))
    const entry = this.#entry({ seen: writer.seen, on }, { changes, minted: granted ? 10 : 0, believed })
    for (const aggregate of wanted) writer.inFlight.set(aggregate, entry.commit.id)
    for (let copy = 0; copy < copies; copy++) this.#network.push(entry)
  }

  /** As after a restore of an older log: a writer that has seen more than the log holds. */
  #appendPremature(on: number, ahead: number): void {
    const aggregate = this.#aggregate(on)
    const links = this.#writers.map(writer => writer.link(aggregate))
    const link = links[ahead % links.length] ?? null
    const changes = new Map([[aggregate, 10]])
    const seen = this.log.length + ahead
    this.log.push(
      this.#entry({ seen, on: { [aggregate]: link } }, { changes, minted: 10, believed: new Map() }),
    )
  }

  #entry(envelope: Pick<Commit, "seen" | "on">, meant: Omit<Entry, "commit">): Entry {
    this.#commits += 1
    const commit: Commit = { id: `c${this.#commits}`, at: 0, commands: [], ...envelope }
    return { commit, ...meant }
  }

  #aggregate(one: number): string {
    return `player/p${one % this.#plan.aggregates}`
  }
}

/** What a reader that has read the log up to an offset knows. */
export class Reader {
  /** Exclusive. */
  seen = 0
  /** Aggregate to the writer's own commit on it whose verdict it has not read. */
  readonly inFlight = new Map<string, string>()
  readonly #judge: JudgeLike
  readonly #links = new Map<string, string>()
  readonly #gold = new Map<string, number>()

  constructor(judge: JudgeLike) {
    this.#judge = judge
  }

  link(aggregate: string): string | null {
    return this.#links.get(aggregate) ?? null
  }

  balance(aggregate: string): number {
    return this.#gold.get(aggregate) ?? 0
  }

  /** All balances together. */
  get total(): number {
    return [...this.#gold.values()].reduce((sum, gold) => sum + gold, 0)
  }

  /** Reads a share of the records that are left. */
  read(log: readonly Entry[], percent: number): void {
    const end = this.seen + Math.floor(((log.length - this.seen) * percent) / 100)
    while (this.seen < end) {
      const entry = log[this.seen]
      if (entry !== undefined) this.take(entry)
    }
  }

  take({ commit, changes }: Entry): Judgement {
    const judgement = this.#judge.judge(this.seen, commit)
    this.seen += 1
    for (const aggregate of judgement.linked) this.#links.set(aggregate, commit.id)
    if (judgement.verdict === "effective") {
      for (const [aggregate, change] of changes) this.#gold.set(aggregate, this.balance(aggregate) + change)
    }
    for (const [aggregate, id] of this.inFlight) if (id === commit.id) this.inFlight.delete(aggregate)
    return judgement
  }
}
