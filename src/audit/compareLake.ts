import { dayOf, PARTITION_COLUMN } from "../lake/columns.js"
import type { NamedRow } from "../lake/namedRows.js"
import { namedValues, type Row, rowsOf } from "../lake/rows.js"
import type { Genesis } from "../log/commit.js"
import type { Judged } from "../log/judged.js"
import { type FaultCode, isFault } from "../ports/faults.js"
import type { Cell } from "../ports/historyEngine.js"
import type { Log } from "../ports/log.js"
import type { Findings } from "./findings.js"
import { GoldLedger, type GoldTexts, goldTexts } from "./gold.js"
import { LakeFiles } from "./lakeFiles.js"
import { LakeRows, type LakeSums, type Strays } from "./lakeRows.js"
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

/** How many files are searched, in total, for those that hold a wrong row. */
const LOOKUPS_MAX = 1000

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
  readonly gold: GoldTexts
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
  /** Whether the engine can find which file has a row. */
  readonly #canNameFiles: boolean
  #comparedTo = 0
  #events = 0
  #lookups = 0

  constructor(comparison: LakeComparison, table: LakeTable) {
    const { parts, genesis, findings } = comparison
    this.#comparison = comparison
    this.#table = table
    this.#files = new LakeFiles(table.files, findings)
    this.#rows = new LakeRows(parts.engine, genesis.realm, table)
    this.#canNameFiles = this.#rows.canNameFiles(table.files)
  }

  async prove(): Promise<ComparedLake> {
    const { version, landed, files } = this.#table
    await this.#files.check(this.#comparison.parts.lake)
    await this.#compareRows()
    const sums = await this.#reading(() => this.#rows.sums(this.#files.whole))
    await this.#findStrays()
    if (this.#comparedTo === landed && this.#files.damaged.length === 0) await this.#compareSums(sums)
    return {
      ...{ landed, version, rows: sums.rows },
      comparedTo: this.#comparedTo,
      files: files.length,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      gold: goldTexts(sums),
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
      const found = await this.#reading(() =>
        this.#rows.between(start, end, this.#files.of(start, end), rowsMax),
      )
      await this.#compare(expected, found)
    } catch (error) {
      if (!isFault(error, "LIMIT_EXCEEDED")) throw error
      const subject = `rows of the offsets ${start} to ${end}`
      this.#findings.add({
        kind: "lake-row",
        subject,
        field: "",
        expected: expected.length,
        found: error.message,
      })
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
    const expected = withoutNulls(values)
    this.#findings.add({
      kind: "lake-row",
      subject: nameOf(log_offset, event_index),
      field: "",
      expected,
      found: null,
    })
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
    const where = await this.#filesWith(log_offset, event_index, copies)
    this.#findings.add({
      kind: "lake-row",
      subject,
      field: "",
      expected: "once",
      found: `${copies} times${where}`,
    })
  }

  /** Reports a row without an event; returns where to continue. */
  async #extra(found: readonly NamedRow[], at: number): Promise<number> {
    const row = found[at] ?? {}
    const { log_offset, event_index, type, player } = row
    const where = await this.#filesWith(Number(log_offset), Number(event_index), 1)
    const subject = nameOf(Number(log_offset), Number(event_index))
    const says = `${type} of ${player}${where}`
    this.#findings.add({ kind: "lake-row", subject, field: "", expected: null, found: says })
    return at + 1
  }

  /** Finds rows that were in no chunk: they have no offset, or one up to which nothing has landed. */
  async #findStrays(): Promise<void> {
    const all = await this.#reading(() => this.#rows.strays(this.#files.whole))
    if (!this.#canNameFiles) return this.#stray("lake", all)
    for (const file of all.count === 0 ? [] : this.#files.whole) {
      this.#stray(file.path, await this.#rows.strays([file]))
    }
  }

  #stray(subject: string, { count, first }: Strays): void {
    if (first === null) return
    const place = `${first.realm ?? "no realm"}, offset ${first.log_offset ?? "none"}`
    const found = `${count} rows without an event, the first of realm ${place}`
    const expected = "rows that a lander made"
    this.#findings.add({ kind: "lake-file", subject, field: "rows", expected, found })
  }

  async #compareSums(sums: LakeSums): Promise<void> {
    const expected = { rows: this.#events, ...goldTexts(this.#ledger.account) }
    this.#findings.compare("lake-sum", "lake", expected, { rows: sums.rows, ...goldTexts(sums) })
    if (sums.rows !== this.#events && this.#canNameFiles) await this.#findMisplaced()
  }

  /** Finds rows in a file of other offsets: no chunk has looked for them there. */
  async #findMisplaced(): Promise<void> {
    for (const file of this.#files.whole) {
      if (file.offsets === null) continue
      const count = await this.#rows.outside(file, file.offsets)
      if (count === 0) continue
      const { start, end } = file.offsets
      const expected = `offsets ${start} to ${end}`
      const found = `${count} rows of other offsets`
      this.#findings.add({ kind: "lake-file", subject: file.path, field: "rows", expected, found })
    }
  }

  /** Which files hold the copies of a row, searching first where the row should be. */
  async #filesWith(offset: number, index: number, copies: number): Promise<string> {
    if (!this.#canNameFiles) return ""
    const likely = this.#files.of(offset, offset + 1)
    const others = this.#files.whole.filter(file => !likely.includes(file))
    const having: string[] = []
    let found = 0
    for (const file of [...likely, ...others]) {
      if (found >= copies || this.#lookups >= LOOKUPS_MAX) break
      this.#lookups += 1
      const count = await this.#rows.count(file, offset, index)
      found += count
      if (count > 0) having.push(file.path)
    }
    return having.length === 0 ? "" : `, in ${having.join(" and ")}`
  }

  /** Asks the engine. A file that cannot be read is reported, and left out from then on. Throws when the engine fails. */
  async #reading<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask()
      } catch (error) {
        if (!isFault(error) || error.code === "LIMIT_EXCEEDED") throw error
        if (!this.#canNameFiles || !(await this.#findDamaged())) throw error
      }
    }
  }

  async #findDamaged(): Promise<boolean> {
    const before = this.#files.damaged.length
    for (const file of this.#files.whole) {
      const damage = await this.#rows.damageOf(file)
      if (damage !== null) this.#files.damage(file, "content", "Parquet that can be read", damage)
    }
    return this.#files.damaged.length > before
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
