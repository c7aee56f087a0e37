import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Aggregate } from "../../src/domain/aggregates.js"
import type { GuildState } from "../../src/domain/guild.js"
import type { PlayerState } from "../../src/domain/player.js"
import type { State } from "../../src/domain/states.js"
import { placedCommands } from "../../src/log/effect.js"
import type { Judged } from "../../src/log/judged.js"
import { BOARDS, type Board, type Score } from "../../src/ports/viewStore.js"
import { generationName } from "../../src/projections/checkpointText.js"
import { foldDocument, NO_DOCUMENT } from "../../src/projections/document.js"
import { FOLD_VERSION } from "../../src/projections/foldVersion.js"
import { encodeKeyEntry } from "../../src/projections/keyEntry.js"
import { project } from "../../src/projections/projection.js"
import { foldPurchases, NO_PURCHASES } from "../../src/projections/purchases.js"
import { ViewData } from "../fakes/viewData.js"
import { TEST_LAG_MAX } from "../log/support/judging.js"
import { genesisOf } from "../log/support/recordedLog.js"
import { runs } from "../support/runs.js"
import { logs } from "./support/logs.js"

const KEY_RETENTION = 4000

const splits = fc.array(fc.nat(80), { maxLength: 10 })

describe("the views of any log", () => {
  test("are the same however it is split into batches, with documents kept or read back between them", async () => {
    await fc.assert(
      fc.asyncProperty(logs, splits, fc.boolean(), async (log, points, keeps) => {
        const judged = await log()

        const whole = contentOf(projected(judged, [], keeps), judged)
        const split = contentOf(projected(judged, points, keeps), judged)

        expect(split).toEqual(whole)
      }),
      runs(200),
    )
  })

  test("are every aggregate's documents, every player's purchases, and the guilds that there are", async () => {
    await fc.assert(
      fc.asyncProperty(logs, splits, async (log, points) => {
        const judged = await log()

        const { documents, guilds } = contentOf(projected(judged, points, false), judged)

        expect(documents).toEqual(expectedDocuments(judged))
        expect(guilds).toEqual(expectedGuilds(judged))
      }),
      runs(200),
    )
  })

  test("rank every player by gold and by swords, and every guild by its members", async () => {
    await fc.assert(
      fc.asyncProperty(logs, splits, async (log, points) => {
        const judged = await log()

        const { boards } = contentOf(projected(judged, points, false), judged)

        expect(boards).toEqual(expectedBoards(judged))
      }),
      runs(200),
    )
  })

  test("have every key for at least the retention, with the events that it made", async () => {
    await fc.assert(
      fc.asyncProperty(logs, splits, async (log, points) => {
        const judged = await log()

        const { keys } = contentOf(projected(judged, points, false), judged)

        const now = keyTimeAt(judged, judged.length - 1)
        for (const [i, record] of judged.entries()) {
          const age = now - keyTimeAt(judged, i)
          for (const command of placedCommands(record)) {
            const kept = keys.get(command.id)
            if (age <= KEY_RETENTION) expect(kept).toBe(encodeKeyEntry(command))
            if (age >= 1.5 * KEY_RETENTION) expect(kept).toBeNull()
          }
        }
      }),
      runs(200),
    )
  })
})

/** The store after projecting a log in batches. `keeps`: the documents stay in memory, else they are read back. */
function projected(judged: readonly Judged[], points: readonly number[], keeps: boolean): ViewData {
  const store = new ViewData()
  const places = [...new Set([...points.filter(point => point > 0 && point < judged.length), judged.length])]
  let start = 0
  let documents = { aggregates: new Map(), purchases: new Map() }
  for (const end of places.sort((a, b) => a - b)) {
    const from = store.checkpoint(FOLD_VERSION)
    if (!keeps) documents = readBack(store, judged)
    const generation = generationName(FOLD_VERSION, 1)
    const place = { genesis: genesisOf(TEST_LAG_MAX), generation, from, keyRetention: KEY_RETENTION }
    const { to, writes } = project(judged.slice(start, end), documents, place)
    if (!store.swap(from, to, writes)) throw new Error("the swap was lost")
    start = end
  }
  return store
}

function readBack(store: ViewData, judged: readonly Judged[]) {
  const read = (names: readonly string[]) => {
    const { documents } = store.read(FOLD_VERSION, { documents: names, keys: [] })
    return names.flatMap((name, i) => {
      const text = documents[i] ?? null
      return text === null ? [] : [[name, JSON.parse(text)] as const]
    })
  }
  const players = playersIn(judged)
  const purchases = read(players.map(player => `purchases/${player}`))
  return {
    aggregates: new Map(read(aggregatesIn(judged))) as Map<never, never>,
    purchases: new Map(purchases.map(([name, value]) => [name.slice("purchases/".length), value])),
  }
}

function contentOf(store: ViewData, judged: readonly Judged[]) {
  const names = [...aggregatesIn(judged), ...playersIn(judged).map(player => `purchases/${player}`)]
  const ids = judged.flatMap(record => placedCommands(record).map(({ id }) => id))
  const { checkpoint, documents, keys } = store.read(FOLD_VERSION, { documents: names, keys: ids })
  const texts = names.map((name, i) => [name, JSON.parse(documents[i] ?? "null")] as const)
  return {
    checkpoint,
    documents: new Map(texts.filter(([, document]) => document !== null)),
    keys: new Map(ids.map((id, i) => [id, keys[i] ?? null])),
    guilds: store.list(FOLD_VERSION, "guilds", null, 100).ids,
    boards: Object.fromEntries(BOARDS.map(board => [board, store.top(FOLD_VERSION, board, 100).scores])),
  }
}

function expectedDocuments(judged: readonly Judged[]): ReadonlyMap<string, unknown> {
  const documents = aggregatesIn(judged).map(name => {
    const folded = judged.reduce((document, record) => foldDocument(name, document, record), NO_DOCUMENT)
    return [name, folded] as const
  })
  const purchases = playersIn(judged).map(player => {
    const folded = judged.reduce((sum, record) => foldPurchases(player, sum, record), NO_PURCHASES)
    return [`purchases/${player}`, folded] as const
  })
  const made = purchases.filter(([, { count }]) => count > 0)
  return new Map<string, unknown>([...documents, ...made])
}

function expectedBoards(judged: readonly Judged[]): Record<Board, Score[]> {
  const states = [...expectedDocuments(judged).values()].map(
    document => (document as { state?: State }).state,
  )
  const players = states.filter(state => isPlayer(state))
  const guilds = states.filter(state => isGuild(state))
  const swords = (player: PlayerState) => Object.values(player.swords).reduce((sum, count) => sum + count, 0)
  return {
    gold: ranked(players.map(({ id, gold }) => ({ id, score: gold }))),
    swords: ranked(players.map(player => ({ id: player.id, score: swords(player) }))),
    monsters: ranked(players.map(({ id, monstersBeaten }) => ({ id, score: monstersBeaten }))),
    guildSize: ranked(guilds.map(({ id, members }) => ({ id, score: members.length }))),
  }
}

function ranked(scores: readonly Score[]): Score[] {
  const byId = [...scores].sort((one, other) => (one.id < other.id ? -1 : 1))
  return byId.sort((one, other) => other.score - one.score)
}

function isPlayer(state: State | undefined): state is PlayerState {
  return state !== undefined && state !== null && "gold" in state
}

function isGuild(state: State | undefined): state is GuildState {
  return state !== undefined && state !== null && "capacity" in state
}

function expectedGuilds(judged: readonly Judged[]): string[] {
  const documents = expectedDocuments(judged)
  const names = aggregatesIn(judged).filter(name => name.startsWith("guild/"))
  const alive = names.filter(name => (documents.get(name) as { state: unknown }).state !== null)
  return alive.map(name => name.slice("guild/".length)).sort()
}

function aggregatesIn(judged: readonly Judged[]): Aggregate[] {
  return [...new Set(judged.flatMap(({ commit }) => Object.keys(commit?.on ?? {})))] as Aggregate[]
}

function playersIn(judged: readonly Judged[]): string[] {
  const players = aggregatesIn(judged).filter(name => name.startsWith("player/"))
  return players.map(name => name.slice("player/".length))
}

function keyTimeAt(judged: readonly Judged[], index: number): number {
  return judged.slice(0, index + 1).reduce((sum, { keyStep }) => sum + keyStep, 0)
}
