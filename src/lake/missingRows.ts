import type { Genesis } from "../log/commit.js"
import { Fault } from "../ports/faults.js"
import type { Add, Txn } from "./delta/actions.js"
import type { Snapshot } from "./delta/snapshot.js"
import { filesOf, landedOf, provenanceOf } from "./realmTable.js"

type OfLog = Pick<Genesis, "realm" | "logId">

/** Half-open. */
interface Offsets {
  readonly start: number
  readonly end: number
}

const APP = "guildhall-rows"

/**
 * The `txn` application that says how many rows of a realm's log have landed in total. Other programs leave it alone when
 * they restore an older version or rewrite files, and the table's files must hold as many rows (R36). The realm's own
 * `txn` cannot show that: batches without rows move it, without a file.
 */
function appIdOf({ realm, logId }: OfLog): string {
  return `${APP}/${realm}/${logId}`
}

/** What a commit says about its rows; nothing when it has none. In an older build's table, counting starts now. */
export function rowsTxn(snapshot: Snapshot, log: OfLog, rows: number, now: number): readonly Txn[] {
  if (rows === 0) return []
  const appId = appIdOf(log)
  const before = Math.max(snapshot.txns.get(appId)?.version ?? 0, rowsOf(ownFiles(snapshot, log.realm)) ?? 0)
  return [{ appId, version: before + rows, lastUpdated: now }]
}

/** The file, tagged with the end of the realm's previous file: the offsets between the two have no rows. */
export function following(add: Add, snapshot: Snapshot, { realm }: OfLog): Add {
  const ends = filesOf(snapshot, realm).map(({ from }) => from.end)
  if (ends.length === 0 && foreignFiles(snapshot).length > 0) return add
  const after = ends.reduce((most, end) => Math.max(most, end), 0)
  return { ...add, tags: { ...add.tags, after: `${after}` } }
}

/**
 * Throws LAKE_CORRUPT when no file holds some of the realm's landed rows: somebody restored an older version of the
 * table, or deleted rows. What comes after such a gap must not be landed, and no report is right. Does not judge a table
 * in which no lander has counted yet, or in which another program's files do not state their number of rows.
 */
export function assertWhole(snapshot: Snapshot, log: OfLog): void {
  const gap = gapIn(snapshot, log)
  if (gap !== null) throw new Fault("LAKE_CORRUPT", gap)
}

/** What is missing from each realm, as sentences. */
export function gapsIn(snapshot: Snapshot): readonly string[] {
  const logs = countedLogs(snapshot).map(appId => {
    const [, realm, ...logId] = appId.split("/")
    return { realm: Number(realm), logId: logId.join("/") }
  })
  return logs.map(log => gapIn(snapshot, log)).filter(gap => gap !== null)
}

function countedLogs({ txns }: Snapshot): readonly string[] {
  return [...txns.keys()].filter(appId => appId.startsWith(`${APP}/`))
}

function gapIn(snapshot: Snapshot, log: OfLog): string | null {
  const missing = missingRows(snapshot, log)
  if (missing === null || missing === 0) return null
  const where = leftOut(snapshot, log).map(({ start, end }) => `${start} to ${end}`)
  const left = where.length === 0 ? "" : `; the landers' files leave out the offsets ${where.join(", ")}`
  const why = "did another program restore an older version of the table, or delete rows?"
  const landed = snapshot.txns.get(appIdOf(log))?.version
  return `lake: rows of realm ${log.realm} that had landed are missing, ${missing} of ${landed}${left}: ${why}`
}

/**
 * Null when it cannot be known. Files of other programs may hold any realm's rows: this realm gets what the other realms
 * leave of them.
 */
function missingRows(snapshot: Snapshot, log: OfLog): number | null {
  const lacking = lackingOwn(snapshot, appIdOf(log))
  if (lacking === null || lacking === 0) return lacking
  const theirs = rowsOf(foreignFiles(snapshot))
  if (theirs === null) return null
  const others = countedLogs(snapshot).filter(appId => appId !== appIdOf(log))
  const forOthers = others.reduce((sum, appId) => sum + (lackingOwn(snapshot, appId) ?? 0), 0)
  return Math.max(0, lacking - Math.max(0, theirs - forOthers))
}

/** How many rows of a realm are not in its landers' files. */
function lackingOwn(snapshot: Snapshot, appId: string): number | null {
  const landed = snapshot.txns.get(appId)?.version
  const own = rowsOf(ownFiles(snapshot, Number(appId.split("/")[1])))
  return landed === undefined || own === null ? null : Math.max(0, landed - own)
}

function ownFiles(snapshot: Snapshot, realm: number): readonly Add[] {
  return filesOf(snapshot, realm).map(({ add }) => add)
}

function foreignFiles(snapshot: Snapshot): readonly Add[] {
  return [...snapshot.files.values()].filter(add => provenanceOf(add) === null)
}

/** Null when a file does not state its number of rows. */
function rowsOf(files: readonly Add[]): number | null {
  const counts = files.map(numRecords)
  return counts.includes(null) ? null : counts.reduce((sum: number, count) => sum + (count ?? 0), 0)
}

/** Each file's statistics are parsed once. */
const counted = new WeakMap<Add, number | null>()

function numRecords(add: Add): number | null {
  const before = counted.get(add)
  if (before !== undefined) return before
  const count = countIn(add.stats)
  counted.set(add, count)
  return count
}

function countIn(stats: string | null | undefined): number | null {
  try {
    const { numRecords: count } = JSON.parse(stats ?? "null") as { readonly numRecords?: unknown }
    return Number.isSafeInteger(count) ? Number(count) : null
  } catch {
    return null
  }
}

/** The offsets that the landers' files leave out, up to what has landed. */
function leftOut(snapshot: Snapshot, log: OfLog): readonly Offsets[] {
  const spans = filesOf(snapshot, log.realm).map(({ from }) => ({
    start: from.after ?? from.start,
    end: from.end,
  }))
  const landed = landedOf(snapshot, log)
  const gaps: Offsets[] = []
  let reached = 0
  for (const { start, end } of [
    ...spans.sort((one, other) => one.start - other.start),
    { start: landed, end: landed },
  ]) {
    if (start > reached) gaps.push({ start: reached, end: start })
    reached = Math.max(reached, end)
  }
  return gaps
}
