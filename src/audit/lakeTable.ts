import { PARTITION_COLUMN } from "../lake/columns.js"
import { type Add, columnNames, fileOf } from "../lake/delta/actions.js"
import { DeltaTable } from "../lake/delta/table.js"
import {
  appIdOf,
  EVENTS_FOLDER,
  landedByRealm,
  landedOf,
  lastMark,
  provenanceOf,
} from "../lake/realmTable.js"
import { checkAgainstLog } from "../log/checkpoint.js"
import type { Genesis } from "../log/commit.js"
import type { CheckpointFiles } from "../ports/checkpointFiles.js"
import { type FaultCode, isFault } from "../ports/faults.js"
import type { HistoryEngine, TableFile } from "../ports/historyEngine.js"
import type { Lake } from "../ports/lake.js"
import type { Log } from "../ports/log.js"
import type { Findings } from "./findings.js"

/** What an audit reads of the lake. */
export interface LakeParts {
  readonly lake: Lake
  readonly checkpoints: CheckpointFiles
  readonly engine: HistoryEngine
}

/** A file to check for the realm: ours, or one of another program, which may hold anything. */
export interface LakeDataFile extends TableFile {
  readonly day: string
  readonly bytes: number
  /** The offsets of its rows, half-open; null for a file of another program. */
  readonly offsets: { readonly start: number; readonly end: number } | null
}

/** The table as its log describes it. */
export interface LakeTable {
  readonly version: number
  /** The offset up to which the realm's log has landed, exclusive; never beyond the head. */
  readonly landed: number
  readonly files: readonly LakeDataFile[]
  /** The columns that it has. */
  readonly present: ReadonlySet<string>
  /** The realms that have landed something here. */
  readonly realms: readonly number[]
}

/** The codes of a lake in which there is nothing to compare. */
const UNREADABLE: readonly FaultCode[] = [
  "LAKE_CORRUPT",
  "LAKE_OF_ANOTHER_LOG",
  "NEEDS_NEWER_BUILD",
  "HISTORY_UNAVAILABLE",
]

/** The lake's table, after checking its log; null when there is none, or none to compare. Throws what the log throws. */
export async function readLakeTable(
  { lake, checkpoints }: LakeParts,
  log: Log,
  genesis: Genesis,
  findings: Findings,
): Promise<LakeTable | null> {
  const table = new DeltaTable(lake, checkpoints, EVENTS_FOLDER)
  try {
    await table.refresh()
    const { snapshot } = table
    if (snapshot.version === -1) return null
    const { head } = await log.bounds()
    const landed = landedOf(snapshot, genesis)
    await checkLanded({ table, landed, head, log, genesis, findings })
    return {
      version: snapshot.version,
      landed: Math.min(landed, head),
      files: [...snapshot.files.values()].flatMap(add => dataFile(add, genesis.realm)),
      present: columnNames(snapshot.metaData),
      realms: [...landedByRealm(snapshot).keys()],
    }
  } catch (error) {
    if (!isFault(error) || !UNREADABLE.includes(error.code)) throw error
    findings.add(unreadable(`${error.code}: ${error.message}`))
    return null
  }
}

function unreadable(found: string) {
  const expected = "a table of this log that can be read"
  return { kind: "lake", subject: "lake", field: "", expected, found } as const
}

interface LandedCheck {
  readonly table: DeltaTable
  readonly landed: number
  readonly head: number
  readonly log: Log
  readonly genesis: Genesis
  readonly findings: Findings
}

/** Checks how far the table says that the log has landed, and after which record. */
async function checkLanded({ table, landed, head, log, genesis, findings }: LandedCheck): Promise<void> {
  if (landed > head) {
    const expected = `at most ${head}, the log's head`
    findings.add({
      kind: "lake",
      subject: `txn ${appIdOf(genesis)}`,
      field: "version",
      expected,
      found: landed,
    })
    return
  }
  const mark = lastMark(table.snapshot, genesis)
  if (mark === null) return
  try {
    await checkAgainstLog(mark, log, genesis, new AbortController().signal, "the lake's rows")
  } catch (error) {
    if (!isFault(error, "LOG_TRUNCATED")) throw error
    const expected = "made from this log"
    findings.add({ kind: "lake", subject: "lake", field: "tags", expected, found: error.message })
  }
}

function dataFile(add: Add, realm: number): LakeDataFile[] {
  const from = provenanceOf(add)
  if (from !== null && from.realm !== realm) return []
  const file = fileOf(add)
  const offsets = from === null ? null : { start: from.start, end: from.end }
  return [{ ...file, day: file.partition[PARTITION_COLUMN] ?? "", bytes: add.size, offsets }]
}
