import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Database } from "../../src/adapters/duckdb/database.js"
import { guildAggregate, playerAggregate } from "../../src/domain/aggregates.js"
import type { PlayerState } from "../../src/domain/player.js"
import type { History } from "../../src/history/history.js"
import type { PageWish, PurchaseWish } from "../../src/history/purchases.js"
import { gameCommand } from "../domain/support/gameCommands.js"
import { eventsIn, HistoryModel, sorted } from "./support/model.js"
import { Past, START } from "./support/past.js"

const HOUR_MS = 3_600_000

/** A counterexample is made smaller for a while only. */
const RUNS = { numRuns: 25, interruptAfterTimeLimit: 60_000 }

let database: Database
beforeAll(async () => {
  database = await Database.open()
})
afterAll(() => database.close())

const BUYERS = ["alice", "bob"] as const
const swordType = fc.constantFrom("dagger", "wooden-sword", "katana")
const playerId = fc.constantFrom(...BUYERS)

const buy = fc.record({ playerId, swordType, region: fc.constantFrom(null, "asia") }).map(input => {
  return { name: "buySword", input } as const
})
const burst = fc.record({ playerId, swordTypes: fc.array(swordType, { minLength: 2, maxLength: 5 }) })

/** What happens, how far the log's clock moves before it (it may step back), and whether its commit comes twice. */
const step = fc.record({
  what: fc.oneof(
    { arbitrary: gameCommand, weight: 3 },
    { arbitrary: buy, weight: 3 },
    { arbitrary: burst, weight: 2 },
  ),
  moveMs: fc.oneof(fc.constant(0), fc.constant(HOUR_MS / 2), fc.integer({ min: -HOUR_MS, max: 3 * HOUR_MS })),
  doubled: fc.boolean(),
  landsAfter: fc.integer({ min: 0, max: 12 }).map(n => n === 0),
})

/** Half of the time nothing is asked. */
const maybe = <T>(given: fc.Arbitrary<T>) => fc.option(given, { freq: 1 })

const time = fc.integer({ min: -2, max: 60 }).map(halves => START + (halves * HOUR_MS) / 2)
const span = fc
  .tuple(maybe(time), maybe(time))
  .map(([from, to]) => (from !== null && to !== null && from > to ? { from: to, to: from } : { from, to }))
const bucket = fc.constantFrom("HOUR" as const, "DAY" as const)
const guild = maybe(fc.constantFrom("knights", "bards", "none-such"))
const player = maybe(fc.constantFrom("alice", "bob", "rich", "none-such"))

const salesRequest = fc.record({
  by: fc.subarray(["SWORD", "REGION", "GUILD"] as const),
  bucket: maybe(bucket),
  span,
  live: fc.boolean(),
})
const wish: fc.Arbitrary<PurchaseWish> = fc.record({
  player,
  swordType: maybe(fc.constantFrom("dagger", "wooden-sword", "katana")),
  region: maybe(fc.constantFrom("eu-west", "asia")),
  guild,
  span,
})
const growthRequest = fc.record({ guild, bucket, span })

const game = fc.record({
  steps: fc.array(step, { minLength: 20, maxLength: 60 }),
  endsLanded: fc.boolean(),
  /** With a small one most is read from the log. */
  bufferBytesMax: fc.constantFrom(1, 10_000, 1_000_000),
})

/** Plays it, landing now and then. */
async function play(past: Past, { steps, endsLanded }: { steps: readonly Step[]; endsLanded: boolean }) {
  for (const id of BUYERS) {
    past.does("registerPlayer", { playerId: id, name: id, region: "eu-west" })
    past.does("grantGold", { playerId: id, amount: 1_000_000, reason: "a start" })
  }
  for (const { what, moveMs, doubled, landsAfter } of steps) {
    past.now += moveMs
    if ("name" in what) past.does(what.name, what.input)
    else past.buysAtOnce(what.playerId, what.swordTypes)
    if (doubled) past.doubles()
    if (landsAfter) await past.land()
  }
  if (endsLanded) await past.land()
}
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
type Played = typeof game extends fc.Arbitrary<infer T> ? T : never

async function withGame(
  played: Played,
  check: (history: History, model: HistoryModel) => Promise<void>,
): Promise<void> {
  const past = await Past.open({ database })
  try {
    await play(past, played)
    const history = await past.history({ bufferBytesMax: played.bufferBytesMax })
    await check(history, new HistoryModel(await eventsIn(past.log(), past.genesis, past.head)))
  } finally {
    await past.close()
  }
}

/** All pages of a wish, one after the other. */
async function allPages(history: History, wanted: PurchaseWish, first: number) {
  const found = []
  let before: PageWish["before"] = null
  for (;;) {
    const { purchases, hasMore } = await history.purchases({ wish: wanted, first, before })
    found.push(...purchases)
    const [offset, index] = (purchases.at(-1)?.id ?? "0-0").split("-").map(Number)
    before = { offset: offset ?? 0, index: index ?? 0 }
    if (!hasMore) return found
  }
}

test("sales are those of a plain model, wherever the lake ends", async () => {
  await fc.assert(
    fc.asyncProperty(
      game,
      fc.array(salesRequest, { minLength: 1, maxLength: 6 }),
      async (played, requests) => {
        await withGame(played, async (history, model) => {
          for (const request of requests) {
            const { rows, landedThrough } = await history.sales(request)
            expect(sorted(rows)).toEqual(sorted(model.sales(request, landedThrough)))
          }
        })
      },
    ),
    RUNS,
  )
}, 120_000)

test("purchases are those of a plain model, page by page", async () => {
  const pages = fc.array(fc.tuple(wish, fc.integer({ min: 1, max: 7 })), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(game, pages, async (played, requests) => {
      await withGame(played, async (history, model) => {
        for (const [wanted, first] of requests) {
          expect(await allPages(history, wanted, first)).toEqual(model.purchases(wanted))
        }
      })
    }),
    RUNS,
  )
}, 120_000)

test("guilds grow as in a plain model", async () => {
  await fc.assert(
    fc.asyncProperty(
      game,
      fc.array(growthRequest, { minLength: 1, maxLength: 6 }),
      async (played, requests) => {
        await withGame(played, async (history, model) => {
          for (const request of requests) {
            const { rows, live } = await history.guildGrowth(request)
            expect(live).toBe(true)
            expect(sorted(rows)).toEqual(sorted(model.guildGrowth(request)))
          }
        })
      },
    ),
    RUNS,
  )
}, 120_000)

test("players and guilds as of any moment are the fold of the log's prefix, but for names", async () => {
  const aggregates = [
    ...["alice", "bob", "carol", "rich", "none-such"].map(playerAggregate),
    ...["knights", "bards", "the-knights"].map(guildAggregate),
  ]
  await fc.assert(
    fc.asyncProperty(game, fc.array(time, { minLength: 1, maxLength: 4 }), async (played, times) => {
      await withGame(played, async (history, model) => {
        for (const at of times) {
          const prefix = await history.prefixAsOf(at)
          const end = model.endAsOf(at)
          if (end !== null) expect(prefix.end).toBe(end)
          const expected = model.statesAsOf(prefix.end)
          const found = await history.statesAsOf(prefix, aggregates)
          for (const aggregate of aggregates) {
            const past = found.get(aggregate)
            const truth = expected.get(aggregate) ?? { state: null, version: 0 }
            expect(nameless(past)).toEqual(nameless(truth))
          }
        }
      })
    }),
    RUNS,
  )
}, 120_000)

/** A player's name is personal, and not in the lake. */
function nameless(past: { state: unknown; version: number } | undefined) {
  if (past?.state === null || past === undefined) return past
  const state = past.state as PlayerState
  return { ...past, state: "gold" in state ? { ...state, name: null } : state }
}
