import type { Commit } from "../../../src/log/commit.js"
import type { Judgement } from "../../../src/log/judge.js"
import { type Entry, type MakeJudge, Reader, realJudge } from "./history.js"

/** What is wrong with a history, counted. */
export interface ChainFindings {
  /** A commit became an aggregate's link without building on the link before it. */
  readonly forks: number
  /** An effective commit was decided on other balances than those it changed. */
  readonly staleDecisions: number
  /** A balance fell below zero. */
  readonly negative: number
  /** Gold that nobody granted. */
  readonly minted: number
  /** A commit with a verdict that its offset does not allow: premature or expired, and yet with a slot. */
  readonly outOfPlace: number
  /** An aggregate on which even a writer that knows everything gets nothing through. */
  readonly stuck: number
}

export const NOTHING_WRONG: ChainFindings = {
  forks: 0,
  staleDecisions: 0,
  negative: 0,
  minted: 0,
  outOfPlace: 0,
  stuck: 0,
}

export interface Options {
  readonly lagMax: number
  readonly aggregates: number
  readonly makeJudge?: MakeJudge
}

/** Judges a whole history from its beginning, and checks every effective commit against the state that it changed. */
export function chainFindings(log: readonly Entry[], options: Options): ChainFindings {
  const { lagMax, aggregates, makeJudge = realJudge } = options
  const found = { ...NOTHING_WRONG }
  const full = new Reader(makeJudge(lagMax))
  let granted = 0
  for (const [offset, entry] of log.entries()) {
    const { on, seen } = entry.commit
    const links = new Map(Object.keys(on).map(aggregate => [aggregate, full.link(aggregate)]))
    const balances = new Map([...entry.believed.keys()].map(name => [name, full.balance(name)]))

    const { verdict, linked } = full.take(entry)

    found.forks += linked.filter(aggregate => on[aggregate] !== links.get(aggregate)).length
    if (verdict === "effective") {
      for (const [name, gold] of entry.believed) if (balances.get(name) !== gold) found.staleDecisions += 1
      for (const name of entry.changes.keys()) if (full.balance(name) < 0) found.negative += 1
      granted += entry.minted
    }
    const outside = seen > offset || offset - seen > lagMax
    if (outside && (verdict === "effective" || linked.length > 0)) found.outOfPlace += 1
  }
  if (full.total !== granted) found.minted += 1
  for (let i = 0; i < aggregates; i++) if (isStuck(full, `player/p${i}`)) found.stuck += 1
  return found
}

function isStuck(reader: Reader, aggregate: string): boolean {
  const commit: Commit = {
    id: `fresh/${aggregate}`,
    seen: reader.seen,
    at: 0,
    on: { [aggregate]: reader.link(aggregate) },
    commands: [],
  }
  const entry = { commit, changes: new Map(), minted: 0, believed: new Map() }
  return reader.take(entry).verdict !== "effective"
}

/** The judgement of every offset, from the log's beginning. */
export function judgeAll(
  log: readonly Entry[],
  { lagMax, makeJudge = realJudge }: Omit<Options, "aggregates">,
): readonly Judgement[] {
  const judge = makeJudge(lagMax)
  return log.map(({ commit }, offset) => judge.judge(offset, commit))
}

/** The first offset at which a judge started there, after a warm-up, disagrees; or null. */
export function warmUpDifference(
  log: readonly Entry[],
  start: number,
  options: Omit<Options, "aggregates"> & { readonly warmUp: number },
): number | null {
  const full = judgeAll(log, options)
  const judge = (options.makeJudge ?? realJudge)(options.lagMax)
  for (let offset = Math.max(0, start - options.warmUp); offset < log.length; offset++) {
    const entry = log[offset]
    if (entry === undefined) break
    const judgement = judge.judge(offset, entry.commit)
    if (offset >= start && !isSame(judgement, full[offset])) return offset
  }
  return null
}

function isSame(one: Judgement, other: Judgement | undefined): boolean {
  return one.verdict === other?.verdict && one.linked.join() === other.linked.join()
}
