import { dayOf, PARTITION_COLUMN } from "../lake/columns.js"
import type { NamedRow } from "../lake/namedRows.js"
import { namedValues, type Row, rowsOf } from "../lake/rows.js"
import type { Genesis } from "../log/commit.js"
import type { Judged } from "../log/judged.js"
import { type FaultCode, isFault } from "../ports/faults.js"
import type { Cell } from "../ports/historyEngine.js"
import type { Log } from "../ports/log.js"
import type { Findings } from "./findings.js"
import { GoldLedger } from "./gold.js"
import { LakeFiles } from "./lakeFiles.js"
import { LakeRows, type LakeSums } from "./lakeRows.js"
import { LakeSearch } from "./lakeSearch.js"
import { type LakeParts, type LakeTable, readLakeTable } from "./lakeTable.js"
import { LogReader } from "./logReader.js"

/** A row as it must be according to the log, its day included. */
interface ExpectedRow extends Pick<Row, "log_offset" | "event_index"> {
  readonly values: ReturnType<typeof namedValues>
}

/** How many events of the log are compared with the lake at once. */
const CHUNK_EVENTS = 16_384

/** How many more rows a chunk of the lake may have than the log has events. */
const EXTRA_ROWS_MAX = 65_536

/** The codes that an engine throws when it cannot read the table. */
const OF_THE_ENGINE: readonly FaultCode[] = ["HISTORY_UNAVAILABLE", "BAD_USER_INPUT"]

/** How much of the lake was compared with the log. Gold sums are the lake's, as texts. */
export interface ComparedLake {
  /** The offset up to which the log has landed, exclusive. */
  readonly landed: number
  /** The offset up to which rows were compared: less than `landed` when an event is newer than this build. */
  readonly comparedTo: number
  /** The table's version. */
  readonly version: number
  /** The realm's files, and those of other programs. */
  readonly files: number
  readonly bytes: number
  readonly rows: number
  readonly gold: { readonly start: string; readonly granted: string; readonly spent: string }
}

export interface LakeComparison {
  readonly parts: LakeParts
  readonly log: Log
  readonly genesis: Genesis
  readonly findings: Findings
  readonly progress: (done: number, total: number) => void
  /** How many events are compared at once; 16,384 by default. */
  readonly chunkEvents?: number
}

/**
 * Proves the lake: each event of the log below the offset up to which the table says the log has landed is there as one
 * row, with its values, and there are no other rows. The log is read again from offset 0, in step with the lake. Memory:
 * the rows of a chunk, and the table's list of files. Null when there is no lake to compare, or it is unreachable, which
 * is a finding. Throws what the log throws.
 */
export async function compareLake(comparison: LakeComparison): Promise<ComparedLake | null> {
  const { parts, log, genesis, findings } = comparison
  const table = await readLakeTable(parts, log, genesis, findings)
  if (table === null) return null
  try {
    return await new LakeProof(comparison, table).prove()
  } catch (error) {
    if (!isFault(error) || !OF_THE_ENGINE.includes(error.code)) throw error
    const expected = "a lake and an engine that answer"
    findings.add({ kind: "lake", subject: "lake", field: "", expected, found: error.message })
    return null
  }
}

class LakeProof {
  readonly #comparison: LakeComparison
  readonly #table: LakeTable
  readonly #files: LakeFiles
  readonly #rows: LakeRows
  readonly #ledger = new GoldLedger()
  readonly #search: LakeSearch
  #comparedTo = 0
  #events = 0

  constructor(comparison: LakeComparison, table: LakeTable) {
    const { parts, genesis, findings } = comparison
    this.#comparison = comparison
    this.#table = table
    this.#files = new LakeFiles(table.files, findings)
    this.#rows = new LakeRows(parts.engine, genesis.realm, table)
    this.#search = new LakeSearch(this.#files, this.#rows, findings)
  }

  async prove(): Promise<ComparedLake> {
    const { version, landed, files } = this.#table
    await this.#files.check(this.#comparison.parts.lake)
    await this.#compareRows()
    const sums = await this.#search.reading(() => this.#rows.sums(this.#files.whole))
    await this.#search.findStrays()
    if (this.#comparedTo === landed && this.#files.damaged.length === 0) await this.#compareSums(sums)
    const { rows, start, granted, spent } = sums
    return {
      ...{ landed, version, rows },
      comparedTo: this.#comparedTo,
      files: files.length,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      gold: { start: `${start}`, granted: `${granted}`, spent: `${spent}` },
    }
  }

  async #compareRows(): Promise<void> {
    const { log, genesis, progress, chunkEvents = CHUNK_EVENTS } = this.#comparison
    const { landed } = this.#table
    const reader = new LogReader(log, genesis, 0)
    let expected: ExpectedRow[] = []
    try {
      for await (const records of reader.upTo(landed)) {
        for (const record of records) {
          if (record.effect?.kind === "unreadable") return await this.#compareChunk(expected, record.offset)
          expected.push(...this.#rowsOf(record))
          if (expected.length < chunkEvents) continue
          await this.#compareChunk(expected, record.offset + 1)
          expected = []
        }
        progress(reader.position, landed)
      }
      await this.#compareChunk(expected, landed)
    } finally {
      await reader.close()
    }
  }

  #rowsOf(record: Judged): ExpectedRow[] {
    const { effect } = record
    if (effect?.kind === "events") {
      for (const { events } of effect.commands) for (const event of events) this.#ledger.note(event)
    }
    const rows = rowsOf(this.#comparison.genesis.realm, record)
    const day = { [PARTITION_COLUMN]: dayOf(record.at) }
    return rows.map(row => ({ ...row, values: { ...namedValues(row), ...day } }))
  }

  /** Compares all rows from where the last chunk ended up to an offset. */
  async #compareChunk(expected: readonly ExpectedRow[], end: number): Promise<void> {
    const start = this.#comparedTo
    this.#comparedTo = end
    this.#events += expected.length
    if (start === end) return
    const rowsMax = expected.length + EXTRA_ROWS_MAX
    try {
      const found = await this.#search.reading(() =>
        this.#rows.between(start, end, this.#files.of(start, end), rowsMax),
      )
      await this.#compare(expected, found)
    } catch (error) {
      if (!isFault(error, "LIMIT_EXCEEDED")) throw error
      const subject = `rows of the offsets ${start} to ${end}`
      this.#differs(subject, expected.length, error.message)
    }
  }

  /** Both lists are in log order. */
  async #compare(expected: readonly ExpectedRow[], found: readonly NamedRow[]): Promise<void> {
    let at = 0
    for (const row of expected) {
      while (at < found.length && isBefore(found[at], row)) at = await this.#extra(found, at)
      const copies = countOf(found, at, row)
      if (copies === 0) this.#missing(row)
      else await this.#same(row, found[at] ?? {}, copies)
      at += copies
    }
    while (at < found.length) at = await this.#extra(found, at)
  }

  #missing({ log_offset, event_index, values }: ExpectedRow): void {
    if (this.#files.isLost(log_offset, String(values[PARTITION_COLUMN]))) return
    this.#differs(nameOf(log_offset, event_index), withoutNulls(values), null)
  }

  async #same(
    { log_offset, event_index, values }: ExpectedRow,
    found: NamedRow,
    copies: number,
  ): Promise<void> {
    const subject = nameOf(log_offset, event_index)
    const names = Object.keys(found)
    const expected = Object.fromEntries(names.map(name => [name, values[name] ?? null]))
    const printable = Object.fromEntries(names.map(name => [name, shown(found[name])]))
    this.#findings.compare("lake-row", subject, expected, printable)
    if (copies === 1) return
    const where = await this.#search.filesWith(log_offset, event_index, copies)
    this.#differs(subject, "once", `${copies} times${where}`)
  }

  /** Reports a row without an event; returns where to continue. */
  async #extra(found: readonly NamedRow[], at: number): Promise<number> {
    const row = found[at] ?? {}
    const { log_offset, event_index, type, player } = row
    const where = await this.#search.filesWith(Number(log_offset), Number(event_index), 1)
    const subject = nameOf(Number(log_offset), Number(event_index))
    this.#differs(subject, null, `${type} of ${player}${where}`)
    return at + 1
  }

  async #compareSums(sums: LakeSums): Promise<void> {
    const { start, granted, spent } = this.#ledger.account
    const texts = ({ rows, ...gold }: LakeSums) => ({
      rows,
      start: `${gold.start}`,
      granted: `${gold.granted}`,
      spent: `${gold.spent}`,
    })
    const expected = texts({ rows: this.#events, start, granted, spent })
    this.#findings.compare("lake-sum", "lake", expected, texts(sums))
    if (sums.rows !== this.#events) await this.#search.findMisplaced()
  }

  #differs(subject: string, expected: unknown, found: unknown): void {
    this.#findings.add({ kind: "lake-row", subject, field: "", expected, found })
  }

  get #findings(): Findings {
    return this.#comparison.findings
  }
}

function isBefore(found: NamedRow | undefined, { log_offset, event_index }: ExpectedRow): boolean {
  const offset = Number(found?.log_offset)
  return offset < log_offset || (offset === log_offset && Number(found?.event_index) < event_index)
}

/** How many rows with this offset and index follow. */
function countOf(found: readonly NamedRow[], at: number, { log_offset, event_index }: ExpectedRow): number {
  let count = 0
  while (isAt(found[at + count], log_offset, event_index)) count += 1
  return count
}

function isAt(found: NamedRow | undefined, offset: number, index: number): boolean {
  return found?.log_offset === offset && found.event_index === index
}

function nameOf(offset: number, index: number): string {
  return `row ${offset}-${index}`
}

/** A number beyond 2^53 as text: JSON cannot express it. */
function shown(cell: Cell | undefined): unknown {
  return typeof cell === "bigint" ? `${cell}` : cell
}

function withoutNulls(values: ExpectedRow["values"]): ExpectedRow["values"] {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
}
