import type { Database } from "../../../src/adapters/duckdb/database.js"
import { randomId, systemClock } from "../../../src/adapters/system/clock.js"
import { newLander, newParts } from "../../../src/app/realm.js"
import type { LakePorts, RealmSizes } from "../../../src/app/realmParts.js"
import { playerAggregate } from "../../../src/domain/aggregates.js"
import type { CommandName } from "../../../src/domain/commands.js"
import type { PlayerState } from "../../../src/domain/player.js"
import type { History } from "../../../src/history/history.js"
import { LandedReader } from "../../../src/history/landed.js"
import type { Genesis } from "../../../src/log/commit.js"
import type { HistoryEngine } from "../../../src/ports/historyEngine.js"
import type { Lake } from "../../../src/ports/lake.js"
import type { Log } from "../../../src/ports/log.js"
import { SILENT } from "../../../src/ports/logger.js"
import { genesis, World } from "../../audit/support/world.js"
import { seeded } from "../../fakes/clock.js"
import { FakeLogServer } from "../../fakes/logServer.js"
import { FakeViewServer } from "../../fakes/viewStore.js"
import { bought } from "../../support/events.js"
import { lakePorts, openFolderLake } from "../../support/lake.js"
import { realmSettings } from "../../support/realm.js"

/** When a past begins, in milliseconds since 1970. */
export const START = Date.UTC(2024, 4, 1, 22)

/** What a test may choose. */
export interface HistoryChoice {
  /** With a small buffer most of what has not landed is read from the log. */
  readonly sizes?: RealmSizes
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
  readonly #ports: LakePorts
  readonly #world: World
  readonly #server: FakeLogServer
  readonly #open: (() => Promise<void>)[] = []
  /** The log's clock. */
  now = START

  private constructor(ports: LakePorts, given: Genesis = genesis) {
    this.genesis = given
    this.#ports = ports
    this.#world = new World(given)
    this.#server = new FakeLogServer({ clock: { ...systemClock, now: () => this.now }, random: seeded(1) })
    this.#store()
  }

  static async open({ database, genesis: given, lake }: PastOptions): Promise<Past> {
    if (lake !== undefined) return new Past(lakePorts(lake, database), given)
    const folder = await openFolderLake()
    const past = new Past(lakePorts(folder.lake, database), given)
    past.#open.push(() => folder.remove())
    return past
  }

  get lake(): Lake {
    return this.#ports.lake
  }

  get head(): number {
    return this.#world.head
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
    const { genesis: ofLog } = this
    const tools = { clock: systemClock, newId: randomId, logger: SILENT }
    const lander = newLander({ ...tools, log, lake: this.#ports }, { landWithinMs: 1000 }, { genesis: ofLog })
    await lander.landUpTo(offset)
    await lander.stop()
    await log.close()
  }

  reader(): LandedReader {
    return new LandedReader({ ...this.#ports, genesis: this.genesis })
  }

  /** DuckDB over the lake's folder. */
  engine(): HistoryEngine {
    return this.#ports.engine
  }

  /**
   * As in a process whose tail has read all of the log. Nothing else of the process is started: its watches would ask the
   * engine too.
   */
  async history({ engine = this.engine(), sizes = {} }: HistoryChoice = {}): Promise<History> {
    const log = this.#server.connect("api")
    const tools = { clock: systemClock, random: seeded(1), newId: randomId, logger: SILENT }
    const viewStore = new FakeViewServer(tools).connect("api")
    const ports = { log, viewStore, ...tools, lake: { ...this.#ports, engine } }
    const { tail, history } = newParts(ports, realmSettings({ sizes }), { genesis: this.genesis, from: 0 })
    if (history === null) throw new Error("with a lake there is a history")
    tail.start()
    await tail.reached(this.head)
    this.#open.push(async () => {
      await history.close()
      await tail.stop()
      await log.close()
    })
    return history
  }

  async close(): Promise<void> {
    for (const close of this.#open.splice(0).reverse()) await close()
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
