import { randomUUID } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DuckdbCheckpointFiles } from "../../../src/adapters/duckdb/checkpointFiles.js"
import type { Database } from "../../../src/adapters/duckdb/database.js"
import { DuckdbHistoryEngine } from "../../../src/adapters/duckdb/historyEngine.js"
import { DuckdbParquetWriter } from "../../../src/adapters/duckdb/parquetWriter.js"
import { LocalLake } from "../../../src/adapters/localdisk/lake.js"
import { systemClock } from "../../../src/adapters/system/clock.js"
import { playerAggregate } from "../../../src/domain/aggregates.js"
import type { CommandName } from "../../../src/domain/commands.js"
import type { PlayerState } from "../../../src/domain/player.js"
import { History } from "../../../src/history/history.js"
import { LandedReader } from "../../../src/history/landed.js"
import { EVENTS_FOLDER } from "../../../src/lake/realmTable.js"
import { Lander } from "../../../src/lander/lander.js"
import type { Genesis } from "../../../src/log/commit.js"
import type { HistoryEngine } from "../../../src/ports/historyEngine.js"
import type { Lake } from "../../../src/ports/lake.js"
import type { Log } from "../../../src/ports/log.js"
import { SILENT } from "../../../src/ports/logger.js"
import { Tail } from "../../../src/tail/tail.js"
import { genesis, World } from "../../audit/support/world.js"
import { seeded } from "../../fakes/clock.js"
import { FakeLogServer } from "../../fakes/logServer.js"
import { bought } from "../../support/events.js"

/** When a past begins, in milliseconds since 1970. */
export const START = Date.UTC(2024, 4, 1, 22)

/** What a test may choose. */
export interface HistoryChoice {
  /** A small buffer: then most of what has not landed is read from the log. */
  readonly bufferBytesMax?: number
  readonly logRecordsMax?: number
  readonly deadlineMs?: number
  /** By default DuckDB over the lake's folder. */
  readonly engine?: HistoryEngine
}

export interface PastOptions {
  readonly database: Database
  /** By default its own folder. */
  readonly lake?: Lake
  /** By default that of the test. */
  readonly genesis?: Genesis
}

/** A log in memory that a test fills, command by command, and lands when it likes; its history. */
export class Past {
  readonly genesis: Genesis
  readonly lake: Lake
  readonly #folder: string | null
  readonly #database: Database
  readonly #world: World
  readonly #server: FakeLogServer
  readonly #open: (() => Promise<void>)[] = []
  /** The log's clock. */
  now = START

  private constructor(
    { database, genesis: given = genesis }: PastOptions,
    lake: Lake,
    folder: string | null,
  ) {
    this.genesis = given
    this.lake = lake
    this.#folder = folder
    this.#database = database
    this.#world = new World(given)
    const clock = { ...systemClock, now: () => this.now }
    this.#server = new FakeLogServer({ clock, random: seeded(1) })
    this.#store()
  }

  static async open(options: PastOptions): Promise<Past> {
    if (options.lake !== undefined) return new Past(options, options.lake, null)
    const folder = await mkdtemp(join(tmpdir(), "guildhall-past-"))
    return new Past(options, new LocalLake(folder), folder)
  }

  get head(): number {
    return this.#world.head
  }

  /** Those of the tests, as of now. */
  get players(): readonly PlayerState[] {
    const states = ["alice", "bob", "carol", "dave", "rich"].map(
      id => this.#world.document(playerAggregate(id)).state,
    )
    return states.filter(state => state !== null) as PlayerState[]
  }

  /** False when the rules refuse it: then nothing is recorded. */
  does(name: CommandName, input: Readonly<Record<string, unknown>>): boolean {
    try {
      this.#world.does(name, input)
    } catch {
      return false
    }
    this.#store()
    return true
  }

  /** A rich player buys some swords in one commit. */
  buysAtOnce(player: string, swordTypes: readonly string[]): void {
    const name = playerAggregate(player)
    const state = this.#world.document(name).state as PlayerState | null
    const guild = state?.guild ?? null
    const events = swordTypes.map(swordType => bought(player, swordType, 10, guild))
    this.#world.commits([name], `${player}/at-once-${this.head}`, events)
    this.#store()
  }

  /** Appends the last commit again, as a retry does: it is superseded. */
  doubles(): void {
    const last = this.#world.log.records.at(-1)
    if (last === undefined || last.offset === 0) return
    this.#world.raw(last.bytes)
    this.#store()
  }

  /** Lands up to an offset. */
  async land(offset = this.head): Promise<void> {
    const log = this.#server.connect("lander")
    const lander = new Lander({
      ...{ log, lake: this.lake, genesis: this.genesis, logger: SILENT, clock: systemClock },
      writer: new DuckdbParquetWriter(this.#database),
      checkpoints: new DuckdbCheckpointFiles(this.#database),
      newId: randomUUID,
      landWithinMs: 1000,
    })
    await lander.landUpTo(offset)
    await lander.stop()
    await log.close()
  }

  reader(): LandedReader {
    const { lake, genesis: ofLog } = this
    return new LandedReader({ lake, genesis: ofLog, checkpoints: new DuckdbCheckpointFiles(this.#database) })
  }

  /** DuckDB over the lake's folder. */
  engine(): HistoryEngine {
    return new DuckdbHistoryEngine({ folder: join(this.lake.root, EVENTS_FOLDER), database: this.#database })
  }

  /** As in a process whose tail has read all of the log. */
  async history({ bufferBytesMax, engine = this.engine(), ...bounds }: HistoryChoice = {}): Promise<History> {
    const log = this.#server.connect("api")
    const buffer = bufferBytesMax === undefined ? {} : { bufferBytesMax }
    const tail = new Tail({ log, genesis: this.genesis, from: 0, ...buffer })
    tail.start()
    await tail.reached(this.head)
    const history = new History({ reader: this.reader(), engine, tail, log, clock: systemClock, ...bounds })
    this.#open.push(async () => {
      await history.close()
      await tail.stop()
      await log.close()
    })
    return history
  }

  async close(): Promise<void> {
    for (const close of this.#open.splice(0)) await close()
    if (this.#folder !== null) await rm(this.#folder, { recursive: true, force: true })
  }

  #store(): void {
    const { records } = this.#world.log
    this.#server.store(records.slice(this.#server.records.length).map(({ bytes }) => bytes))
  }

  /** Options for a separate reader. */
  log(): Log {
    return this.#server.connect("reader")
  }
}
