import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Database } from "../../src/adapters/duckdb/database.js"
import { systemClock } from "../../src/adapters/system/clock.js"
import { type Answer, type Asking, codeOf, newAsking } from "./support/asking.js"

let database: Database
beforeAll(async () => {
  database = await Database.open()
})
afterAll(() => database.close())

type Playing = Awaited<ReturnType<typeof newAsking>>

async function playing(): Promise<Playing> {
  const asking = await newAsking({ database })
  await asking.register("alice", "bob")
  return asking
}

async function buy({ ask }: Asking, playerId: string, swordType: string, region = "eu"): Promise<string> {
  const input = { playerId, swordType, region }
  const query = "mutation ($input: BuySwordInput!) { buySword(input: $input) { purchase { id } } }"
  const { data } = await ask(query, { input })
  return data.buySword.purchase.id
}

async function guild({ ask }: Asking, what: string): Promise<void> {
  const { errors } = await ask(`mutation { ${what} { refusal { code } } }`)
  if (errors !== undefined) throw new Error(JSON.stringify(errors))
}

const found = 'foundGuild(input: { founderId: "alice", name: "Knights" })'
const joins = 'joinGuild(input: { playerId: "bob", guildId: "knights" })'
const leaves = 'leaveGuild(input: { playerId: "bob", guildId: "knights" })'

/**
 * A time after all that was, and before all that comes. It is of the clock that the log's append times come from, since
 * the wall clock may run apart from it.
 */
async function nextMillisecond(): Promise<Date> {
  const now = systemClock.now()
  await expect.poll(() => systemClock.now(), { interval: 1 }).toBeGreaterThan(now + 1)
  return new Date(now + 1)
}

describe("sales", () => {
  const QUERY = `query ($by: [SalesDimension!]!, $live: Boolean) { sales(by: $by, live: $live) {
    rows { sword { type } region guildId guild { name } bucket purchases revenue players } landedThrough live
  } }`

  test("join what has landed with what has not", async () => {
    const asking = await playing()
    await buy(asking, "alice", "dagger")
    await asking.game.land()
    await buy(asking, "bob", "dagger")
    await guild(asking, found)
    await buy(asking, "alice", "katana")

    const { data } = await asking.ask(QUERY, { by: ["SWORD", "GUILD"] })

    const none = { region: null, bucket: null, guildId: null, guild: null }
    expect(data.sales.rows).toEqual([
      { ...none, sword: { type: "dagger" }, purchases: 2, revenue: 50, players: 1 },
      {
        ...{ ...none, guildId: "knights", guild: { name: "Knights" }, sword: { type: "katana" } },
        ...{ purchases: 1, revenue: 150, players: 0 },
      },
    ])
    expect(data.sales.live).toBe(true)
  })

  test("without a dimension are totals", async () => {
    const asking = await playing()
    await buy(asking, "alice", "dagger")
    await buy(asking, "bob", "katana")
    const rows = "{ rows { region purchases revenue } }"

    const { data } = await asking.ask(`{ without: sales ${rows} none: sales(by: []) ${rows} }`)

    expect(data.without.rows).toEqual([{ region: null, purchases: 2, revenue: 175 }])
    expect(data.without).toEqual(data.none)
  })

  test("without `live` are what has landed", async () => {
    const asking = await playing()
    await buy(asking, "alice", "dagger")
    await asking.game.land()
    await buy(asking, "bob", "dagger")

    const { data } = await asking.ask(QUERY, { by: [], live: false })

    expect(data.sales.rows).toMatchObject([{ sword: null, purchases: 1, revenue: 25, players: 1 }])
    expect(data.sales.live).toBe(false)
  })

  test("and the growth of guilds name their cut, by positions as mutations answer them", async () => {
    const asking = await playing()
    const buys = `mutation { buySword(input: { playerId: "alice", swordType: "dagger" }) { position } }`
    const landed = (await asking.ask(buys)).data.buySword.position
    await asking.game.land()
    const last = (await asking.ask(buys)).data.buySword.position

    const cut = "landedThrough through live"
    const { data } = await asking.ask(
      `{ sales(by: []) { ${cut} } early: sales(by: [], live: false) { ${cut} } guildGrowth { ${cut} } }`,
    )

    const whole = { landedThrough: landed, through: last, live: true }
    expect(data.sales).toEqual(whole)
    expect(data.guildGrowth).toEqual(whole)
    expect(data.early).toEqual({ landedThrough: landed, through: landed, live: false })
  })

  test("of nothing are one row of totals, or none", async () => {
    const { ask } = await playing()

    expect((await ask(QUERY, { by: [] })).data.sales.rows).toMatchObject([{ purchases: 0, revenue: 0 }])
    expect((await ask(QUERY, { by: ["REGION"] })).data.sales.rows).toEqual([])
  })

  test("must be requested with times in order", async () => {
    const { ask } = await playing()

    const answer = await ask(
      '{ sales(by: [], from: "2024-01-02T00:00:00Z", to: "2024-01-01T00:00:00Z") { live } }',
    )

    expect(codeOf(answer)).toBe("BAD_USER_INPUT")
    expect(answer.errors?.[0]?.message).toContain("from: expected a time before to")
  })

  test("go by days and hours of UTC", async () => {
    const asking = await playing()
    await buy(asking, "alice", "dagger")

    const { data } = await asking.ask("{ sales(by: [REGION], bucket: DAY) { rows { bucket region } } }")

    const [{ bucket, region }] = data.sales.rows
    expect(bucket).toMatch(/T00:00:00.000Z$/)
    expect(region).toBe("eu")
  })
})

describe("purchases", () => {
  const QUERY = `query ($filter: PurchaseFilter, $after: Cursor) {
    purchases(filter: $filter, first: 2, after: $after) {
      edges { node { id player { id } } } pageInfo { hasNextPage endCursor }
    }
  }`

  test("come page by page, and stay where they are while new ones come", async () => {
    const asking = await playing()
    const ids: string[] = []
    for (const player of ["alice", "bob", "alice"]) ids.unshift(await buy(asking, player, "dagger"))
    await asking.game.land()
    for (const player of ["bob", "alice"]) ids.unshift(await buy(asking, player, "dagger"))

    const found: string[] = []
    let after: string | null = null
    do {
      const { data } = await asking.ask(QUERY, { after })
      found.push(...data.purchases.edges.map((edge: { node: { id: string } }) => edge.node.id))
      const { hasNextPage, endCursor } = data.purchases.pageInfo
      after = hasNextPage ? endCursor : null
      await buy(asking, "bob", "wooden-sword")
    } while (after !== null)

    expect(found).toEqual(ids)
  })

  test("are those that pass the filter", async () => {
    const asking = await playing()
    await buy(asking, "alice", "dagger")
    const wanted = await buy(asking, "alice", "dagger", "asia")
    await asking.game.land()
    await buy(asking, "bob", "dagger", "asia")

    const { data } = await asking.ask(QUERY, { filter: { playerId: "alice", region: "asia" } })

    expect(data.purchases.edges).toEqual([{ node: { id: wanted, player: { id: "alice" } } }])
  })
})

describe("invalid values are refused, with the field, what was expected, and the value truncated", () => {
  const PURCHASES = "query ($filter: PurchaseFilter) { purchases(filter: $filter) { edges { cursor } } }"
  const GROWTH = "query ($guildId: ID) { guildGrowth(guildId: $guildId) { live } }"
  const AS_OF = `query ($id: ID!) { playerAsOf(id: $id, at: "2024-01-01T00:00:00Z") { gold } }`
  const PAGE = "query ($after: Cursor) { purchases(after: $after) { edges { cursor } } }"
  const OF_PLAYER = `query ($after: Cursor) { player(id: "alice") { purchases(after: $after) { edges { cursor } } } }`

  const hostile = [
    ...["", "' OR '1'='1", "eu'; DROP TABLE events --", "/* 😀", "alice\\", "%", "al_ce'", "a\0b", "a\nb"],
    "'😀;".repeat(12_000),
  ]

  function expectRefused(answer: Answer, field: string): void {
    const [error, ...more] = answer.errors ?? []
    expect(more).toEqual([])
    expect(error?.extensions).toMatchObject({ code: "BAD_USER_INPUT", retryable: false })
    expect(error?.message).toMatch(new RegExp(`^${field.replace(".", "\\.")}: expected .+, got `))
    expect(error?.message.length).toBeLessThan(300)
  }

  test("in every filter", async () => {
    const { ask } = await playing()
    for (const text of hostile) {
      for (const field of ["playerId", "swordType", "region", "guildId"]) {
        expectRefused(await ask(PURCHASES, { filter: { [field]: text } }), `filter.${field}`)
      }
      expectRefused(await ask(GROWTH, { guildId: text }), "guildId")
      expectRefused(await ask(AS_OF, { id: text }), "id")
    }
  })

  test("as a cursor: malformed, of another page, or a position", async () => {
    const { ask } = await playing()
    const cursor = (text: string) => Buffer.from(text).toString("base64url")
    const position = (await ask("{ sales(by: []) { through } }")).data.sales.through
    const wrong = [
      "guilds:knights",
      "members:alice",
      "purchases:",
      "purchases:1",
      "purchases:1-2; DROP",
      "purchases:-1-0",
    ]
    for (const after of [
      ...hostile,
      ...wrong.map(cursor),
      position,
      `${cursor("purchases:1-0")}${"A".repeat(300)}`,
    ]) {
      expectRefused(await ask(PAGE, { after }), "after")
      expectRefused(await ask(OF_PLAYER, { after }), "after")
    }
  })

  test("as times: invalid, or in the wrong order", async () => {
    const { ask } = await playing()
    const spans = [
      "sales(by: [], from: $from, to: $to) { live }",
      "guildGrowth(from: $from, to: $to) { live }",
    ]
    const times = (what: string, from: unknown, to: unknown) =>
      ask(`query ($from: DateTime, $to: DateTime) { ${what} }`, { from, to })
    const filtered = "purchases(filter: { from: $from, to: $to }) { edges { cursor } }"
    for (const what of [...spans, filtered]) {
      const equal = await times(what, "2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z")
      expectRefused(equal, what === filtered ? "filter.from" : "from")
      for (const text of [
        ...hostile,
        "2024-13-01T00:00:00Z",
        "+275761-01-01T00:00:00Z",
        "2024-01-01",
        "NaN",
      ]) {
        const { data, errors } = await times(what, text, null)
        expect(data ?? null).toBeNull()
        expect(errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }])
        expect(errors?.[0]?.message.length, text.slice(0, 50)).toBeLessThan(600)
      }
    }
  })

  test("the earliest and the latest possible times are answered", async () => {
    const asking = await playing()
    await buy(asking, "alice", "dagger")
    await asking.game.land()
    const { data } = await asking.ask(`{
      all: sales(by: [], from: "0001-01-01T00:00:00Z", to: "9999-12-31T23:59:59.999Z") { rows { purchases } }
      none: sales(by: [], to: "1969-12-31T23:59:59Z") { rows { purchases } }
      late: guildGrowth(from: "9999-12-31T23:59:59.999Z") { rows { left } }
      later: playerAsOf(id: "alice", at: "9999-12-31T23:59:59.999Z") { gold }
      before: playerAsOf(id: "alice", at: "0001-01-01T00:00:00Z") { gold }
    }`)

    expect(data).toEqual({
      ...{ all: { rows: [{ purchases: 1 }] }, none: { rows: [{ purchases: 0 }] } },
      ...{ late: { rows: [] }, later: { gold: 975 }, before: null },
    })
  })
})

describe("a player's purchases beyond the last 20", () => {
  test("come from the history", async () => {
    const asking = await playing()
    const ids: string[] = []
    for (let i = 0; i < 23; i++) ids.unshift(await buy(asking, "alice", "wooden-sword"))
    await asking.game.land()
    const query = `query ($after: Cursor) { player(id: "alice") { purchases(first: 20, after: $after) {
      edges { node { id } } pageInfo { hasNextPage endCursor }
    } } }`

    const first = (await asking.ask(query)).data.player.purchases
    const second = (await asking.ask(query, { after: first.pageInfo.endCursor })).data.player.purchases

    const all = [...first.edges, ...second.edges].map((edge: { node: { id: string } }) => edge.node.id)
    expect(all).toEqual(ids)
    expect(second.pageInfo.hasNextPage).toBe(false)
  })
})

describe("the growth of guilds", () => {
  test("counts joins and leaves, and the members at the end", async () => {
    const asking = await playing()
    await guild(asking, found)
    await asking.game.land()
    await guild(asking, joins)
    await guild(asking, leaves)

    const { data } = await asking.ask(
      "{ guildGrowth { rows { guildId guild { name } bucket joined left members } live } }",
    )

    const [{ bucket, ...row }] = data.guildGrowth.rows
    expect(row).toEqual({
      ...{ guildId: "knights", guild: { name: "Knights" } },
      ...{ joined: 2, left: 1, members: 1 },
    })
    expect(bucket).toMatch(/T00:00:00.000Z$/)
    expect(data.guildGrowth.live).toBe(true)
  })
})

describe("a player as of a time", () => {
  const QUERY = `query ($at: DateTime!) { playerAsOf(id: "alice", at: $at) {
    name gold version inventory { sword { type } count }
    guild { name memberCount members { edges { node { id name gold } } } }
    purchases { edges { node { sword { type } } } }
  } }`

  test.each(["landed", "not landed"])(
    "has its guild and that guild's members of then too: %s",
    async where => {
      const asking = await playing()
      await buy(asking, "alice", "dagger")
      await guild(asking, found)
      await guild(asking, joins)
      const at = await nextMillisecond()
      await buy(asking, "bob", "dagger")
      await buy(asking, "alice", "katana")
      await guild(asking, leaves)
      if (where === "landed") await asking.game.land()

      const { data } = await asking.ask(QUERY, { at })

      const members = [
        { node: { id: "alice", name: "Name of alice", gold: 975 } },
        { node: { id: "bob", name: "Name of bob", gold: 1000 } },
      ]
      expect(data.playerAsOf).toEqual({
        ...{ name: "Name of alice", gold: 975, version: 3 },
        inventory: [{ sword: { type: "dagger" }, count: 1 }],
        guild: { name: "Knights", memberCount: 2, members: { edges: members } },
        purchases: { edges: [{ node: { sword: { type: "dagger" } } }] },
      })
    },
  )

  test.each(["landed", "not landed"])("has its open trades, health and swords of then: %s", async where => {
    const asking = await playing()
    const bob =
      "trades { id } offers { id state from { id gold trades { id } } gives { gold swords { count } } }"
    const query = `query ($at: DateTime!) { playerAsOf(id: "bob", at: $at) { gold health inventory { count } ${bob} } }`
    await buy(asking, "alice", "katana")
    await guild(asking, 'fightMonster(input: { playerId: "bob", monster: "ogre" })')
    const offer =
      'offerTrade(input: { playerId: "alice", toPlayerId: "bob", gives: { gold: 7, swords: [{ swordType: "katana", count: 1 }] }, wants: {} })'
    const { data: offered } = await asking.ask(`mutation { ${offer} { trade { id } } }`)
    const tradeId = offered.offerTrade.trade.id
    const open = await nextMillisecond()
    await guild(
      asking,
      `acceptTrade(input: { playerId: "bob", fromPlayerId: "alice", tradeId: "${tradeId}" })`,
    )
    await guild(asking, 'gift(input: { fromPlayerId: "alice", toPlayerId: "bob", gold: 10 })')
    await guild(asking, 'rest(input: { playerId: "bob" })')
    const made = await nextMillisecond()
    await guild(asking, 'sellSword(input: { playerId: "bob", swordType: "katana" })')
    if (where === "landed") await asking.game.land()

    const [then, later] = [await asking.ask(query, { at: open }), await asking.ask(query, { at: made })]

    const from = { id: "alice", gold: 850, trades: [{ id: tradeId }] }
    const trade = { id: tradeId, state: "OPEN", from, gives: { gold: 7, swords: [{ count: 1 }] } }
    expect(then.data.playerAsOf).toEqual({
      gold: 1000,
      health: 82,
      inventory: [],
      trades: [],
      offers: [trade],
    })
    expect(later.data.playerAsOf).toEqual({
      ...{ gold: 1017, health: 100, inventory: [{ count: 1 }] },
      ...{ trades: [], offers: [] },
    })
  })

  test.each(["landed", "not landed"])("has a guild that was dissolved since: %s", async where => {
    const asking = await playing()
    await guild(asking, found)
    const at = await nextMillisecond()
    await guild(asking, 'leaveGuild(input: { playerId: "alice", guildId: "knights" })')
    if (where === "landed") await asking.game.land()

    const { data } = await asking.ask(QUERY, { at })
    const now = await asking.ask('{ guild(id: "knights") { name } player(id: "alice") { guild { name } } }')

    expect(data.playerAsOf.guild).toMatchObject({ name: "Knights", memberCount: 1 })
    expect(now.data).toEqual({ guild: null, player: { guild: null } })
  })

  test("is null before it was registered, and as of now in the future", async () => {
    const asking = await playing()
    await buy(asking, "alice", "dagger")

    const before = await asking.ask(QUERY, { at: "2000-01-01T00:00:00Z" })
    const later = await asking.ask(QUERY, { at: "2999-01-01T00:00:00Z" })

    expect(before.data).toEqual({ playerAsOf: null })
    expect(later.data.playerAsOf).toMatchObject({ gold: 975, version: 2, guild: null })
  })
})

test("a process without a history says so, and works without", async () => {
  const { ask } = await newAsking()

  const answer = await ask("{ swords { type } sales(by: []) { live } }")

  expect(codeOf(answer)).toBe("HISTORY_UNAVAILABLE")
  expect((await ask("{ swords { type } }")).errors).toBeUndefined()
})
