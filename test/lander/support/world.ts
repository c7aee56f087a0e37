import { newLander } from "../../../src/app/realm.js"
import { tableColumns } from "../../../src/lake/columns.js"
import type { Action } from "../../../src/lake/delta/actions.js"
import { DeltaTable } from "../../../src/lake/delta/table.js"
import { appIdOf } from "../../../src/lake/realmTable.js"
import type { Lander, LanderOptions } from "../../../src/lander/lander.js"
import { Landing } from "../../../src/lander/landing.js"
import { encodeCommit } from "../../../src/log/codec.js"
import type { Genesis } from "../../../src/log/commit.js"
import type { Lake } from "../../../src/ports/lake.js"
import type { Column } from "../../../src/ports/parquet.js"
import { FakeClock, ProcessClock, seeded } from "../../fakes/clock.js"
import { FakeLakeServer } from "../../fakes/lake.js"
import { FakeLogServer } from "../../fakes/logServer.js"
import { JsonCheckpointFiles, JsonParquetWriter } from "../../fakes/parquet.js"
import { type Chain, TEST_LAG_MAX } from "../../log/support/judging.js"
import { genesisOf, recordsOf } from "../../log/support/recordedLog.js"
import { KeptLogger } from "../../support/keptLogger.js"
import { commitPath, placeOf, rowsOf, type TableVersion, versionsOf } from "./deltaLog.js"

export const LAND_WITHIN_MS = 60_000

export const GENESIS = genesisOf(TEST_LAG_MAX)
export const APP_ID = appIdOf(GENESIS)

export interface PartOptions {
  readonly genesis?: Genesis
  readonly columns?: readonly Column[]
  readonly process?: ProcessClock
  /** Of a lander: where its records come from. */
  readonly records?: LanderOptions["records"]
  /** The lake as the process sees it. */
  readonly through?: (lake: Lake) => Lake
}

/** A log and a lake on virtual time, in which a test does one thing after another. */
export class World {
  readonly clock = new FakeClock()
  readonly log = new FakeLogServer({ clock: this.clock, random: seeded(1) })
  readonly lake = new FakeLakeServer({ clock: this.clock, random: seeded(2) })
  readonly logger = new KeptLogger()
  #ids = 0
  #appended = 0

  constructor() {
    this.log.store(recordsOf(TEST_LAG_MAX, []))
  }

  /** Appends what was added to the chain since the last time. */
  append({ records }: Chain): void {
    const fresh = records.slice(this.#appended)
    this.#appended = records.length
    this.log.store(fresh.map(one => (one instanceof Uint8Array ? one : encodeCommit(one))))
  }

  lander(name: string, options: PartOptions = {}): Lander {
    const { process = new ProcessClock(this.clock), records, ...rest } = options
    const { genesis, columns, clock, newId, lake, writer } = this.#parts(name, { ...rest, process })
    const ports = { log: this.log.connect(name, process), clock, newId, logger: this.logger }
    return newLander(
      { ...ports, lake: { lake, writer, checkpoints: new JsonCheckpointFiles() } },
      { landWithinMs: LAND_WITHIN_MS },
      { genesis, columns, ...(records === undefined ? {} : { records }) },
    )
  }

  landing(name: string, options: PartOptions = {}): Landing {
    const parts = this.#parts(name, options)
    return new Landing({ ...parts, table: new DeltaTable(parts.lake, new JsonCheckpointFiles(), "events") })
  }

  table(name = "reader", through = (lake: Lake) => lake): DeltaTable {
    return new DeltaTable(through(this.lake.connect(name)), new JsonCheckpointFiles(), "events")
  }

  /** Lets time pass until a promise is settled. */
  done<T>(promise: Promise<T>): Promise<T> {
    return this.clock.runFor(promise)
  }

  /** Writes a version of the table as another program does. */
  commit(version: number, actions: readonly Action[]): void {
    this.plant(commitPath(version), actions.map(action => `${JSON.stringify(action)}\n`).join(""))
  }

  /** Puts a file into the lake behind everybody's back. */
  plant(path: string, content: string): void {
    this.lake.folders.write(path, Buffer.from(content))
  }

  get versions(): TableVersion[] {
    return versionsOf(this.lake.folders)
  }

  get last(): TableVersion | undefined {
    return this.versions.at(-1)
  }

  /** How far the realm has landed, as the table says. */
  get landed(): number | undefined {
    return this.last?.txns.get(APP_ID)?.version
  }

  /** The event ids of the rows in the table's files, in log order. */
  get places(): string[] {
    const { last } = this
    if (last === undefined) return []
    return rowsOf(this.lake.folders, last)
      .map(placeOf)
      .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
  }

  /** The Parquet files in the lake, whether the table refers to them or not. */
  get parquetFiles(): string[] {
    return this.lake.folders.paths.filter(path => path.startsWith("events/dt="))
  }

  #parts(
    name: string,
    { genesis = GENESIS, columns = tableColumns(), process, through = lake => lake }: PartOptions,
  ) {
    const clock = process ?? new ProcessClock(this.clock)
    const newId = () => {
      this.#ids += 1
      return `${name}.${this.#ids}`
    }
    const lake = through(this.lake.connect(name, clock))
    return { genesis, columns, clock, newId, lake, writer: new JsonParquetWriter() }
  }
}
