import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { guildAggregate, playerAggregate } from "../../src/domain/aggregates.js"
import type { PlayerState } from "../../src/domain/player.js"
import type { History } from "../../src/history/history.js"
import type { PageWish, PurchaseWish } from "../../src/history/purchases.js"
import { ALWAYS } from "../../src/history/span.js"
import type { HistoryEngine } from "../../src/ports/historyEngine.js"
import { eventsIn, HistoryModel, sorted } from "../history/support/model.js"
import type { Past } from "../history/support/past.js"
import { game, growthRequest, type Played, play, salesRequest, time, wish } from "../history/support/plays.js"

const TIMEOUT_MS = 300_000

/** A counterexample is shrunk for a limited time. */
const SHRINKING_MS = 60_000

const HOSTILE: readonly (readonly [string, string])[] = [
  ["a quote", "' OR '1'='1"],
  ["a doubled quote", "'' OR 1=1 --"],
  ["another statement", "x'; DROP TABLE events; --"],
  ["a comment", "/* x */ alice -- '"],
  ["an open comment", "alice' /*"],
  ["a name's quote", '" OR "player" = "player'],
  ["a backslash", "alice\\' OR true --"],
  ["a pattern", "%"],
  ["another pattern", "alic_"],
  ["a NUL", "alice\0' OR true"],
  ["control characters", "alice\r\n\t\u0007\u001b"],
  ["an emoji", "🗡️'🗡️"],
  ["parameters", "$1 ? :x {{x}} $x"],
  ["100 KB", "'🗡;".repeat(17_000)],
]

export interface HistoryFixture {
  /** A past with its own lake, and the engine that reads it. */
  open(): Promise<{ readonly past: Past; readonly engine: HistoryEngine }>
  cleanup(): Promise<void>
}

/** Random games, landed now and then: whatever the engine, reports must equal those of a plain model. */
export function historyContract(name: string, numRuns: number, open: () => Promise<HistoryFixture>): void {
  describe(`history over ${name}`, () => {
    const runs = { numRuns, interruptAfterTimeLimit: SHRINKING_MS }
    let fixture: HistoryFixture
    beforeAll(async () => {
      fixture = await open()
    })
    afterAll(() => fixture.cleanup())

    async function withGame(
      played: Played,
      check: (history: History, model: HistoryModel) => Promise<void>,
    ): Promise<void> {
      const { past, engine } = await fixture.open()
      try {
        await play(past, played)
        const history = await past.history({ engine, sizes: { bufferBytesMax: played.bufferBytesMax } })
        await check(history, new HistoryModel(await eventsIn(past.log(), past.genesis, past.head)))
      } finally {
        await past.close()
      }
    }

    // Shows R41.
    test(
      "sales are those of a plain model, wherever the lake ends",
      async () => {
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
          runs,
        )
      },
      TIMEOUT_MS,
    )

    test(
      "purchases are those of a plain model, page by page",
      async () => {
        const pages = fc.array(fc.tuple(wish, fc.integer({ min: 1, max: 7 })), { minLength: 1, maxLength: 4 })
        await fc.assert(
          fc.asyncProperty(game, pages, async (played, requests) => {
            await withGame(played, async (history, model) => {
              for (const [wanted, first] of requests) {
                expect(await allPages(history, wanted, first)).toEqual(model.purchases(wanted))
              }
            })
          }),
          runs,
        )
      },
      TIMEOUT_MS,
    )

    test(
      "guild growth is that of a plain model",
      async () => {
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
          runs,
        )
      },
      TIMEOUT_MS,
    )

    test.each(HOSTILE)("a hostile filter finds nothing, and changes nothing: %s", async (_, text) => {
      const { past, engine } = await fixture.open()
      try {
        past.does("registerPlayer", { playerId: "alice", name: "Alice", region: "eu" })
        past.does("foundGuild", { founderId: "alice", name: "Knights", capacity: 5 })
        past.does("buySword", { playerId: "alice", swordType: "dagger", region: null })
        await past.land()
        past.does("buySword", { playerId: "alice", swordType: "katana", region: null })
        const history = await past.history({ engine })
        const any = { player: null, swordType: null, region: null, guild: null, span: ALWAYS }

        for (const field of ["player", "swordType", "region", "guild"]) {
          const page = { wish: { ...any, [field]: text }, first: 5, before: null }
          expect(await history.purchases(page), field).toEqual({ purchases: [], hasMore: false })
        }
        const growth = await history.guildGrowth({ guild: text, bucket: "DAY", span: ALWAYS })
        expect(growth).toMatchObject({ rows: [], live: true })
        const prefix = await history.prefixAsOf(past.now)
        const names = [playerAggregate(text), guildAggregate(text)]
        const states = await history.statesAsOf(prefix, names)
        expect([...states.values()].map(({ state }) => state)).toEqual([null, null])
        const { purchases } = await history.purchases({ wish: any, first: 5, before: null })
        expect(purchases.map(({ swordType }) => swordType)).toEqual(["katana", "dagger"])
      } finally {
        await past.close()
      }
    })

    // Shows R11 and R43.
    test(
      "players and guilds as of any moment are the fold of the log's prefix, except for names",
      async () => {
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
                  const wanted = expected.get(aggregate) ?? { state: null, version: 0 }
                  expect(nameless(past)).toEqual(nameless(wanted))
                }
              }
            })
          }),
          runs,
        )
      },
      TIMEOUT_MS,
    )
  })
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

/** A player's name is personal, and not in the lake. */
function nameless(past: { state: unknown; version: number } | undefined) {
  if (past?.state === null || past === undefined) return past
  const state = past.state as PlayerState
  return { ...past, state: "gold" in state ? { ...state, name: null } : state }
}
