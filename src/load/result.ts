import type { Ledger } from "./ledger.js"
import type { Measured } from "./measure.js"
import { mergeMeasured, sum } from "./merge.js"
import type { Audience, AudienceReport } from "./subscribers/audience.js"

/** How many problems are shown; all are counted. */
const SHOWN_MAX = 20

/** The result of a run, or of verifying an earlier one, as plain data: a generator process sends it. */
export interface LoadResult {
  /** Null if only a journal was verified. */
  readonly run: { readonly id: string; readonly measured: Measured } | null
  readonly wrongAnswers: number
  readonly failed: number
  readonly inDoubt: number
  /** Null if nobody listened. */
  readonly audience: AudienceReport | null
  /** Null if verification was not requested. */
  readonly differences: number | null
  /** Generator processes that ended before they had a result, one line each. */
  readonly died: readonly string[]
  /** The first problems, one line each. */
  readonly shown: readonly string[]
}

/** What a run has at its end. */
export interface FinishedRun {
  readonly run: LoadResult["run"]
  readonly ledger: Ledger
  readonly audience: Audience | null
  readonly differences: readonly string[] | null
}

export function resultOf({ run, ledger, audience, differences }: FinishedRun): LoadResult {
  const { wrongAnswers, reasons } = ledger
  const problems = [
    ...wrongAnswers,
    ...(audience?.findings.shown ?? []),
    ...(differences?.slice(0, SHOWN_MAX) ?? []),
    ...reasons,
  ]
  return {
    run,
    wrongAnswers: ledger.wrongCount,
    failed: ledger.failed,
    inDoubt: ledger.inDoubt.length,
    audience: audience !== null && audience.report.count > 0 ? audience.report : null,
    differences: differences?.length ?? null,
    died: [],
    shown: problems.slice(0, SHOWN_MAX),
  }
}

/** Whether nothing was wrong: every answer and notice right, every command answered, every promise kept. */
export function isGood(result: LoadResult): boolean {
  const { wrongAnswers, failed, inDoubt, died } = result
  const settled = wrongAnswers + failed + inDoubt + died.length === 0
  return settled && misheard(result) === 0 && (result.differences ?? 0) === 0
}

/** How many findings the subscribers have. */
export function misheard({ audience }: LoadResult): number {
  return sum(Object.values(audience?.findings ?? {}))
}

/** The results of the processes of one run, at least one, as one; processes have no subscribers. */
export function mergeResults(results: readonly LoadResult[], died: readonly string[]): LoadResult {
  const runs = results.map(({ run }) => run).filter(run => run !== null)
  const differences = results.map(one => one.differences).filter(count => count !== null)
  const [first] = runs
  return {
    run: first === undefined ? null : { ...first, measured: mergeMeasured(runs.map(one => one.measured)) },
    wrongAnswers: sum(results.map(one => one.wrongAnswers)),
    failed: sum(results.map(one => one.failed)),
    inDoubt: sum(results.map(one => one.inDoubt)),
    audience: null,
    differences: differences.length === 0 ? null : sum(differences),
    died,
    shown: [...died, ...results.flatMap(({ shown }) => shown)].slice(0, SHOWN_MAX),
  }
}
