import { describe, expect, test } from "vitest"
import { recentPage } from "../../src/resolvers/purchasePage.js"
import { type Asking, codeOf, newAsking } from "./support/asking.js"

const QUERY = `query ($first: Int, $after: Cursor) { player(id: "alice") {
  purchases(first: $first, after: $after) {
    edges { cursor node { id price sword { type } player { id } guildId guild { id } } }
    pageInfo { hasNextPage endCursor }
  }
} }`

/** Lets alice buy some swords; returns the purchases' ids, newest first. */
async function buy({ ask, register }: Asking, count: number): Promise<string[]> {
  await register("alice")
  const ids: string[] = []
  for (let i = 0; i < count; i++) {
    const { data } = await ask(
      'mutation { buySword(input: { playerId: "alice", swordType: "wooden-sword" }) { purchase { id } } }',
    )
    ids.unshift(data.buySword.purchase.id)
  }
  return ids
}

async function page({ ask }: Asking, variables: object = {}) {
  const { data } = await ask(QUERY, { ...variables })
  const { edges, pageInfo } = data.player.purchases
  return { ids: edges.map((edge: { node: { id: string } }) => edge.node.id), ...pageInfo }
}

describe("a player's purchases", () => {
  test("come newest first, with their sword and player", async () => {
    const asking = await newAsking()
    const ids = await buy(asking, 3)

    const { data } = await asking.ask(QUERY)

    const { edges, pageInfo } = data.player.purchases
    expect(edges.map((edge: { node: { id: string } }) => edge.node.id)).toEqual(ids)
    const sword = { type: "wooden-sword" }
    expect(edges[0].node).toEqual({
      id: ids[0],
      price: 10,
      sword,
      player: { id: "alice" },
      guildId: null,
      guild: null,
    })
    expect(pageInfo).toEqual({ hasNextPage: false, endCursor: edges[2].cursor })
  })

  test("keep the guild of their time; it is null once dissolved", async () => {
    const asking = await newAsking()
    await asking.register("alice")
    await asking.ask('mutation { foundGuild(input: { founderId: "alice", name: "Knights" }) { position } }')
    await asking.ask('mutation { buySword(input: { playerId: "alice", swordType: "dagger" }) { position } }')
    const before = await asking.ask(QUERY)
    await asking.ask('mutation { leaveGuild(input: { playerId: "alice", guildId: "knights" }) { position } }')
    const after = await asking.ask(QUERY)

    const node = ({ data }: typeof before) => data.player.purchases.edges[0].node
    expect(node(before)).toMatchObject({ guildId: "knights", guild: { id: "knights" } })
    expect(node(after)).toMatchObject({ guildId: "knights", guild: null })
  })

  test("come page by page to their true end", async () => {
    const asking = await newAsking()
    const ids = await buy(asking, 5)

    const one = await page(asking, { first: 2 })
    const two = await page(asking, { first: 2, after: one.endCursor })
    const three = await page(asking, { first: 2, after: two.endCursor })
    const beyond = await page(asking, { first: 2, after: three.endCursor })

    expect([one.ids, two.ids, three.ids]).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)])
    expect([one, two, three].map(({ hasNextPage }) => hasNextPage)).toEqual([true, true, false])
    expect(beyond).toEqual({ ids: [], hasNextPage: false, endCursor: null })
  })

  test("beyond the last 20 need the history engine", async () => {
    const asking = await newAsking()
    const ids = await buy(asking, 22)

    const kept = await page(asking, { first: 100 })
    const older = await asking.ask(QUERY, { after: kept.endCursor })

    expect(kept.ids).toEqual(ids.slice(0, 20))
    expect(kept.hasNextPage).toBe(true)
    expect(codeOf(older)).toBe("HISTORY_UNAVAILABLE")
    expect(older.errors?.[0]?.message).toContain("history engine")
  })

  test("exactly 20 have no next page", async () => {
    const asking = await newAsking()
    await buy(asking, 20)

    const last = await page(asking, { first: 20 })

    expect(last.hasNextPage).toBe(false)
    expect((await page(asking, { after: last.endCursor })).ids).toEqual([])
  })
})

test("purchases of one commit are distinguished", () => {
  const one = { swordType: "dagger", price: 25, region: "eu", guild: null, at: 0 }
  const recent = ["10-1", "10-0", "9-2"].map(id => ({ ...one, id }))

  const page = recentPage("log", "alice", { count: 3, recent }, 20, "10-1")

  expect(page?.edges.map(({ node }) => node.id)).toEqual(["10-0", "9-2"])
})
