import type { Database } from "../../src/adapters/duckdb/database.js"
import { randomId, systemClock } from "../../src/adapters/system/clock.js"
import { newLander, startRealm } from "../../src/app/realm.js"
import type { Commands } from "../../src/commands/commands.js"
import { playerAggregate } from "../../src/domain/aggregates.js"
import { builtInCatalogue, type Catalogue } from "../../src/domain/catalogue.js"
import type { RawEvent } from "../../src/domain/events.js"
import { encodeCommit } from "../../src/log/codec.js"
import type { StateReader } from "../../src/projections/stateReader.js"
import type { Game } from "../../src/resolvers/game.js"
import type { Feed, FeedBounds } from "../../src/tail/feed.js"
import type { Tail } from "../../src/tail/tail.js"
import { FakeLogServer } from "../fakes/logServer.js"
import { FakeViewServer } from "../fakes/viewStore.js"
import { KeptLogger } from "./keptLogger.js"
import { lakePorts, openFolderLake } from "./lake.js"
import { DEADLINE_MS, realmSettings } from "./realm.js"

/** An event on a new player that another process has recorded, as the log of an older world may hold it. */
export async function recordNew(game: TestGame, player: string, event: RawEvent): Promise<void> {
  const on = { [playerAggregate(player)]: null }
  const commands = [{ id: `${player}/by-hand`, digest: "none", events: [event] }]
  const commit = { id: randomId(), seen: game.tail.position, at: Date.now(), on, commands }
  await game.logServer.connect("another").append([encodeCommit(commit)])
  await game.tail.reached(commit.seen + 1)
}

const PROJECTED_WITHIN_MS = 5000

/** A game over its own log and views in memory, in real time. */
export interface TestGame extends Game {
  readonly commands: Commands
  readonly tail: Tail
  readonly stateReader: StateReader
  readonly feed: Feed
  readonly logServer: FakeLogServer
  readonly viewServer: FakeViewServer
  readonly logger: KeptLogger
  /** Why it is not ready: a test may say. */
  reasons: string[]
  /** Resolves once the views have all of the log. */
  projected(): Promise<void>
  /** Lands all of the log; only with a database. */
  land(): Promise<void>
  close(): Promise<void>
}

export interface TestGameOptions {
  readonly commandDeadlineMs?: number
  readonly queryDeadlineMs?: number
  /** Default: the built-in one. */
  readonly catalogue?: Catalogue
  readonly feedBounds?: Partial<FeedBounds>
  /** If given, there is a lake in its own folder, and its history. */
  readonly database?: Database
}

export async function openGame(options: TestGameOptions = {}): Promise<TestGame> {
  const tools = { clock: systemClock, random: Math.random, newId: randomId, logger: new KeptLogger() }
  const logServer = new FakeLogServer(tools)
  const viewServer = new FakeViewServer(tools)
  const log = logServer.connect("game")
  const viewStore = viewServer.connect("game")
  const { database, catalogue = builtInCatalogue } = options
  const folder = database === undefined ? null : await openFolderLake()
  const lake = database === undefined || folder === null ? null : lakePorts(folder.lake, database)
  const settings = realmSettings({
    roles: new Set(["api", "projector"]),
    commandDeadlineMs: options.commandDeadlineMs ?? DEADLINE_MS,
    landWithinMs: 1000,
    catalogue,
    sizes: { feedBounds: options.feedBounds ?? {} },
  })
  const realm = await startRealm({ log, viewStore, lake, ...tools }, settings, new AbortController().signal)
  const { genesis, tail, stateReader, commands, feed, history } = realm
  const game: TestGame = {
    ...{ realm: 0, catalogue, commands, stateReader, tail, feed, history, logServer, viewServer, ...tools },
    engines: { log: "fake log", views: "fake views", lake: "none", history: "none" },
    landed: () => 0,
    async land() {
      if (lake === null) throw new Error("this game has no lake")
      const lander = newLander({ ...tools, log, lake }, settings, { genesis })
      await lander.landUpTo(tail.position)
      await lander.stop()
    },
    queryDeadlineMs: options.queryDeadlineMs ?? 5000,
    reasons: [],
    unready: () => game.reasons,
    async projected() {
      while ((stateReader.checkpoint?.offset ?? 0) < tail.head) {
        await stateReader.read({}, Date.now() + PROJECTED_WITHIN_MS)
        await new Promise(resolve => setTimeout(resolve, 5))
      }
    },
    async close() {
      await realm.close()
      await folder?.remove()
      await viewStore.close()
      await log.close()
    },
  }
  await tail.reached(1)
  await game.projected()
  return game
}
