import { dayOf, PARTITION_COLUMN, readableColumns } from "../lake/columns.js"
import { type Add, columnNames, fileOf } from "../lake/delta/actions.js"
import { DeltaTable } from "../lake/delta/table.js"
import { assertWhole, gapsIn } from "../lake/missingRows.js"
import { EVENTS_FOLDER, landedByRealm, landedOf, provenanceOf } from "../lake/realmTable.js"
import type { Genesis } from "../log/commit.js"
import type { CheckpointFiles } from "../ports/checkpointFiles.js"
import type { TableVersion } from "../ports/historyEngine.js"
import type { Lake } from "../ports/lake.js"
import { ALWAYS, type Span } from "./span.js"

export interface LandedOptions {
  readonly lake: Lake
  readonly checkpoints: CheckpointFiles
  /** Null: all realms, for people's own queries. */
  readonly genesis: Pick<Genesis, "realm" | "logId"> | null
}

interface LandedTable
  extends Pick<TableVersion, "version" | "columns" | "present">,
    Pick<Landed, "offset" | "byRealm" | "gaps"> {
  readonly files: readonly Add[]
}

/** The table of events as it was read; immutable. */
export class Landed {
  /** The offset up to which the realm's log has landed, exclusive; 0 for nothing. */
  readonly offset: number
  /** The offsets up to which the logs of all realms have landed. */
  readonly byRealm: ReadonlyMap<number, number>
  /** What is missing from any realm, as sentences; a realm's own reader throws it. */
  readonly gaps: readonly string[]
  readonly #table: LandedTable

  constructor(table: LandedTable) {
    this.offset = table.offset
    this.byRealm = table.byRealm
    this.gaps = table.gaps
    this.#table = table
  }

  /** The table version with one file only, and that file's day; null before the first landing. */
  sample(): { readonly version: TableVersion; readonly day: string } | null {
    const { version, files, columns, present } = this.#table
    const file = files.at(-1)
    if (file === undefined) return null
    const day = file.partitionValues[PARTITION_COLUMN] ?? ""
    return { version: { version, files: [fileOf(file)], columns, present }, day }
  }

  /** The table version with the files that may hold events of a span. */
  version({ from, to }: Span = ALWAYS): TableVersion {
    const first = from === null ? "" : dayOf(from)
    const last = to === null ? "9999-12-31" : dayOf(to - 1)
    const { version, files, columns, present } = this.#table
    const wanted = files.filter(({ partitionValues }) => {
      const day = partitionValues[PARTITION_COLUMN] ?? ""
      return first <= day && day <= last
    })
    return { version, files: wanted.map(fileOf), columns, present }
  }
}

/** Reads how far the log has landed, and in which files, by its own copy of the table. */
export class LandedReader {
  readonly #options: LandedOptions
  readonly #columns = readableColumns()
  readonly #table: DeltaTable
  #last: { readonly version: number; readonly landed: Landed } | null = null
  #reading: Promise<Landed> | null = null

  constructor(options: LandedOptions) {
    const { lake, checkpoints } = options
    this.#options = options
    this.#table = new DeltaTable(lake, checkpoints, EVENTS_FOLDER)
  }

  /** The table as last read; null when it never was. */
  get last(): Landed | null {
    return this.#last?.landed ?? null
  }

  /**
   * The table as of now, or a moment ago: callers during a read share its answer. Throws what `DeltaTable.refresh` and
   * `landedOf` throw.
   */
  read(): Promise<Landed> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null
    })
    return this.#reading
  }

  async #read(): Promise<Landed> {
    await this.#table.refresh()
    const { version } = this.#table.snapshot
    if (this.#last?.version === version) return this.#last.landed
    const landed = this.#landed()
    this.#last = { version, landed }
    return landed
  }

  #landed(): Landed {
    const { snapshot } = this.#table
    const { genesis } = this.#options
    const offset = genesis === null ? 0 : landedOf(snapshot, genesis)
    if (genesis !== null) assertWhole(snapshot, genesis)
    // A file of another program may hold rows of any realm: each query filters by its realm.
    const mayHold = (add: Add) =>
      genesis === null || (provenanceOf(add)?.realm ?? genesis.realm) === genesis.realm
    const files = [...snapshot.files.values()].filter(mayHold)
    const { version, metaData } = snapshot
    return new Landed({
      ...{ version, offset, files, present: columnNames(metaData) },
      ...{ byRealm: landedByRealm(snapshot), gaps: gapsIn(snapshot), columns: this.#columns },
    })
  }
}
