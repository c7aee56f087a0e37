import { checkAgainstLog } from "../log/checkpoint.js"
import type { Genesis } from "../log/commit.js"
import { isFault } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import type { Checkpoint, ViewStore } from "../ports/viewStore.js"
import { otherBuild } from "../projections/foldedTypes.js"
import { FOLD_VERSION } from "../projections/foldVersion.js"
import { type Comparison, compareDocuments } from "./compareDocuments.js"
import { compareGuildList } from "./compareGuildList.js"
import { compareKeys } from "./compareKeys.js"
import { type ComparedLake, compareLake } from "./compareLake.js"
import { compareLeaderboards } from "./compareLeaderboards.js"
import { Findings } from "./findings.js"
import { checkInvariants, populationOf } from "./invariants.js"
import type { LakeParts } from "./lakeTable.js"
import { LogProof } from "./logProof.js"
import { type AuditReport, type Compared, reportOf } from "./report.js"
import { ViewReader } from "./viewReader.js"

/** The stage of an audit, for a progress bar. */
export type AuditStage = "folding the log" | "comparing documents" | "comparing keys" | "comparing the lake"

export interface AuditOptions {
  readonly log: Log
  readonly genesis: Genesis
  readonly store: ViewStore
  /** Null: the lake is not audited. */
  readonly lake: LakeParts | null
  /** Used when there are no views that state the retention in force; in milliseconds of key time. */
  readonly keyRetention: number
  /** How many findings are kept to show; all are counted. */
  readonly shownMax?: number
  readonly progress?: (stage: AuditStage, done: number, total: number) => void
}

/**
 * Proves the log, and that the views and the lake are its fold. Changes nothing, and may run beside a working system.
 *
 * 1. The log is folded from offset 0 to the views' checkpoint.
 * 2. The views are read in chunks. Each answer is atomic and carries its checkpoint. Checkpoints only move forward, so
 *    the fold is brought forward to each answer's checkpoint and then compared with the answer. Rejected: folding to the
 *    head first, since a projector that stands still never gets there and a fold cannot go back.
 * 3. The fold continues to the head as it was at the start, and the invariants are checked on its states.
 * 4. The lake's rows are compared with the events of the log, up to where the lake says that the log has landed.
 *
 * Views by another build, one that knows other events, are not compared: the report says what is needed instead.
 *
 * Memory: the documents of all aggregates, and the command ids of one key retention. Throws what the log and the store
 * throw, and VIEWS_BEHIND when the views are rebuilt during the audit.
 */
export async function audit(options: AuditOptions): Promise<AuditReport> {
  const { log, genesis, store, keyRetention, shownMax, progress = () => {} } = options
  const findings = new Findings(shownMax)
  const views = new ViewReader(store)
  const checkpoint = await views.checkpoint()
  const { head } = await log.bounds()
  const proof = new LogProof(log, genesis, checkpoint?.keyRetention ?? keyRetention, findings)
  const folding = (done: number, total: number) => progress("folding the log", done, total)
  try {
    let compared: Compared | null = null
    const other = checkpoint === null ? null : otherBuild(checkpoint)
    if (checkpoint !== null && (await isOfThisLog(checkpoint, options, findings)) && other === null) {
      await proof.to(checkpoint.offset, folding)
      compareCheckpoint(checkpoint, proof, genesis, findings)
      compared = await compareViews(views, proof, findings, options)
    }
    if (checkpoint === null) findings.add(noViews())
    await proof.to(head, folding)

    const population = populationOf(proof.fold)
    const expected = { gold: proof.gold.expected, swords: proof.swords.expected }
    checkInvariants(population, expected, findings)
    const lake = await lakeOf(options, findings)
    return reportOf({ genesis, proof, population, findings, checkpoint, other, compared, lake })
  } finally {
    await proof.close()
  }
}

/** Whether the views can be compared with this log at all (R10). */
async function isOfThisLog(
  checkpoint: Checkpoint,
  { log, genesis }: AuditOptions,
  findings: Findings,
): Promise<boolean> {
  try {
    await checkAgainstLog(checkpoint, log, genesis, new AbortController().signal)
    return true
  } catch (error) {
    if (!isFault(error, "LOG_TRUNCATED")) throw error
    const expected = "one of this log"
    findings.add({ kind: "checkpoint", subject: "checkpoint", field: "", expected, found: error.message })
    return false
  }
}

/** Key time and buckets must also be those that follow from the log. */
function compareCheckpoint(
  checkpoint: Checkpoint,
  { fold }: LogProof,
  { logId, realm }: Genesis,
  findings: Findings,
): void {
  const { generation, folded, ...found } = checkpoint
  const { folded: expectedTypes, ...rest } = fold.checkpoint()
  const expected = { logId, realm, generation, ...rest }
  findings.compare("checkpoint", "checkpoint", expected, { ...found, generation })
  findings.compare("checkpoint", "checkpoint folded", namesOf(expectedTypes), namesOf(folded))
}

/** The types without versions: an older build may have folded an older version. */
function namesOf(types: readonly string[]): string[] {
  return [...new Set(types.map(type => type.slice(0, type.lastIndexOf("@"))))].sort()
}

async function compareViews(
  views: ViewReader,
  proof: LogProof,
  findings: Findings,
  { log, genesis, progress = () => {} }: AuditOptions,
): Promise<Compared> {
  const comparison: Comparison = {
    views,
    findings,
    fold: proof.fold,
    foldTo: ({ offset }) => proof.to(offset),
    progress: (done, total) => progress("comparing documents", done, total),
  }
  const keyProgress = (done: number, total: number) => progress("comparing keys", done, total)
  const guilds = await compareGuildList(comparison)
  const scores = await compareLeaderboards(comparison)
  const documents = await compareDocuments(comparison)
  const keys = await compareKeys(log, genesis, { ...comparison, progress: keyProgress })
  return { documents, keys, guilds, scores }
}

async function lakeOf(
  { lake, log, genesis, progress = () => {} }: AuditOptions,
  findings: Findings,
): Promise<ComparedLake | null> {
  if (lake === null) return null
  const reading = (done: number, total: number) => progress("comparing the lake", done, total)
  return compareLake({ parts: lake, log, genesis, findings, progress: reading })
}

function noViews() {
  const expected = `views of fold version ${FOLD_VERSION}`
  return { kind: "no-views", subject: "views", field: "", expected, found: "none" } as const
}
