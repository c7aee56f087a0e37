import { describe, expect, test } from "vitest"
import { feedCursor } from "../../src/resolvers/feedCursor.js"
import { type Answer, codeOf, type Notices, newAsking } from "./support/asking.js"

const BUY = `mutation ($id: ID!, $sword: String!, $region: String) {
  buySword(input: { playerId: $id, swordType: $sword, region: $region }) { purchase { id } refusal { code } }
}`
const FOUND = `mutation ($id: ID!, $name: String!) { foundGuild(input: { founderId: $id, name: $name }) { position } }`
const LEAVE = `mutation ($id: ID!, $guild: ID!) { leaveGuild(input: { playerId: $id, guildId: $guild }) { position } }`
const PURCHASES = `subscription ($filter: PurchaseFilter, $after: Cursor, $heartbeat: Boolean) {
  purchases(filter: $filter, after: $after, heartbeat: $heartbeat) {
    cursor
    purchase { id price region guildId purchasedAt player { id gold } sword { type } }
  }
}`
const PLAYER = `subscription ($id: ID!, $after: Cursor, $heartbeat: Boolean) {
  playerChanged(id: $id, after: $after, heartbeat: $heartbeat) { cursor eventType player { id gold guild { id } } }
}`
const GUILD = `subscription ($id: ID!, $after: Cursor) {
  guildChanged(id: $id, after: $after) { cursor eventType guild { id memberCount } }
}`

type Asking = Awaited<ReturnType<typeof newAsking>>

/** A subscription that must start. */
async function started(asking: Asking, query: string, variables: object): Promise<Notices> {
  const notices = await asking.subscribe(query, { ...variables })
  if ("next" in notices) return notices
  throw new Error(JSON.stringify(notices))
}

/** The answer to a subscription that must not start. */
async function refused(asking: Asking, query: string, variables: object): Promise<Answer> {
  const notices = await asking.subscribe(query, { ...variables })
  if ("next" in notices) throw new Error("it started")
  return notices
}

async function buy(
  { ask }: Asking,
  id: string,
  sword = "dagger",
  region: string | null = null,
): Promise<string> {
  const { data } = await ask(BUY, { id, sword, region })
  return data.buySword.purchase.id
}

describe("purchases", () => {
  test("delivers each purchase as its mutation answered it, with the player as of now", async () => {
    const asking = await newAsking()
    await asking.register("alice")
    const notices = await started(asking, PURCHASES, {})

    const id = await buy(asking, "alice")

    const { data } = await notices.next()
    expect(data.purchases.purchase).toEqual({
      id,
      price: 25,
      region: "eu",
      guildId: null,
      purchasedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      player: { id: "alice", gold: 975 },
      sword: { type: "dagger" },
    })
  })

  test("delivers the same compiled and not: more notices than it takes to compile", async () => {
    const asking = await newAsking()
    await asking.register("alice")
    const notices = await started(asking, PURCHASES, {})
    const bought: string[] = []
    const delivered: string[] = []

    for (let n = 0; n < 12; n++) {
      bought.push(await buy(asking, "alice", "wooden-sword"))
      const { data } = await notices.next()
      expect(data.purchases.purchase.player.gold).toBe(1000 - 10 * (n + 1))
      delivered.push(data.purchases.purchase.id)
    }

    expect(delivered).toEqual(bought)
  })

  test.each([
    [{ playerId: "bob" }, ["bob-dagger-eu", "bob-rapier-us"]],
    [{ swordType: "rapier" }, ["bob-rapier-us"]],
    [{ region: "us" }, ["bob-rapier-us", "alice-dagger-us"]],
    [{ guildId: "knights" }, ["alice-dagger-us"]],
    [{ playerId: "bob", region: "us" }, ["bob-rapier-us"]],
    [{ from: "2000-01-01T00:00:00Z", to: null }, ["bob-dagger-eu", "bob-rapier-us", "alice-dagger-us"]],
    [{ from: "2999-01-01T00:00:00Z" }, []],
    [{ to: "2000-01-01T00:00:00Z" }, []],
  ])("by the filter %j", async (filter, expected) => {
    const asking = await newAsking()
    await asking.register("alice", "bob", "carol")
    await asking.ask(FOUND, { id: "alice", name: "Knights" })
    const filtered = await started(asking, PURCHASES, { filter })
    const last = await started(asking, PURCHASES, { filter: { playerId: "carol" } })
    const ids = new Map<string, string>()
    ids.set(await buy(asking, "bob", "dagger", "eu"), "bob-dagger-eu")
    ids.set(await buy(asking, "bob", "rapier", "us"), "bob-rapier-us")
    ids.set(await buy(asking, "alice", "dagger", "us"), "alice-dagger-us")
    await buy(asking, "carol")
    await last.next()

    const delivered: unknown[] = []
    for (const _ of expected) delivered.push(ids.get((await filtered.next()).data.purchases.purchase.id))

    expect(delivered).toEqual(expected)
  })

  test("resumes after a cursor, with each purchase once", async () => {
    const asking = await newAsking()
    await asking.register("alice")
    const first = await started(asking, PURCHASES, {})
    const bought = [await buy(asking, "alice"), await buy(asking, "alice"), await buy(asking, "alice")]
    const { data } = await first.next()
    await first.cancel()

    const second = await started(asking, PURCHASES, { after: data.purchases.cursor })
    bought.push(await buy(asking, "alice"))
    const delivered = [data.purchases.purchase.id]
    for (let n = 0; n < 3; n++) delivered.push((await second.next()).data.purchases.purchase.id)

    expect(delivered).toEqual(bought)
  })

  test("begins with a heartbeat on request: its cursor resumes too", async () => {
    const asking = await newAsking()
    await asking.register("alice")
    const quiet = await started(asking, PURCHASES, { heartbeat: true })
    const { data } = await quiet.next()
    expect(data.purchases.purchase).toBeNull()
    const id = await buy(asking, "alice")

    const resumed = await started(asking, PURCHASES, { after: data.purchases.cursor })

    expect((await resumed.next()).data.purchases.purchase.id).toBe(id)
  })

  test("ends at once when it is cancelled, and is forgotten", async () => {
    const asking = await newAsking()
    const notices = await started(asking, PURCHASES, {})
    const waiting = notices.next()
    expect(asking.game.feed.size).toBe(1)

    expect(await notices.cancel()).toBe(true)

    expect(asking.game.feed.size).toBe(0)
    await expect(waiting).rejects.toThrow()
  })
})

describe("playerChanged and guildChanged", () => {
  test("deliver what happened, and the player as of now", async () => {
    const asking = await newAsking()
    await asking.register("alice")
    const notices = await started(asking, PLAYER, { id: "alice" })

    await asking.ask(FOUND, { id: "alice", name: "Knights" })
    await buy(asking, "alice")

    expect((await notices.next()).data.playerChanged).toMatchObject({ eventType: "GuildFounded" })
    expect((await notices.next()).data.playerChanged).toMatchObject({
      eventType: "SwordBought",
      player: { id: "alice", gold: 975, guild: { id: "knights" } },
    })
  })

  test("of a guild deliver its end with null, also to a client that resumes after that with a cursor", async () => {
    const asking = await newAsking()
    await asking.register("alice")
    await asking.ask(FOUND, { id: "alice", name: "Knights" })
    const cursor = feedCursor(asking.game.tail.genesis.logId, { offset: asking.game.tail.position, index: 0 })
    const notices = await started(asking, GUILD, { id: "knights" })

    await asking.ask(LEAVE, { id: "alice", guild: "knights" })

    expect((await notices.next()).data.guildChanged).toMatchObject({ eventType: "GuildLeft", guild: null })
    expect((await notices.next()).data.guildChanged).toMatchObject({
      eventType: "GuildDissolved",
      guild: null,
    })
    const late = await started(asking, GUILD, { id: "knights", after: cursor })
    expect((await late.next()).data.guildChanged.eventType).toBe("GuildLeft")
    expect(codeOf(await refused(asking, GUILD, { id: "knights" }))).toBe("BAD_USER_INPUT")
  })

  test("of one that does not exist are refused; heartbeats carry no player", async () => {
    const asking = await newAsking()
    await asking.register("alice")

    expect(await refused(asking, PLAYER, { id: "nobody" })).toMatchObject({
      errors: [
        {
          message: "id: there is no player nobody",
          extensions: { code: "BAD_USER_INPUT", retryable: false },
        },
      ],
    })
    expect(codeOf(await refused(asking, GUILD, { id: "nothing" }))).toBe("BAD_USER_INPUT")
    const notices = await started(asking, PLAYER, { id: "alice", heartbeat: true })
    expect((await notices.next()).data.playerChanged).toMatchObject({ eventType: null, player: null })
    expect(asking.game.feed.size).toBe(1)
  })
})

describe("a cursor", () => {
  test.each([
    ["nonsense", "BAD_USER_INPUT"],
    ["", "BAD_USER_INPUT"],
    ["x".repeat(10_000), "BAD_USER_INPUT"],
    [Buffer.from("feed:LOG:1").toString("base64url"), "BAD_USER_INPUT"],
    [Buffer.from("feed:LOG:-1.0").toString("base64url"), "BAD_USER_INPUT"],
    [Buffer.from("feed:LOG:1e3.0").toString("base64url"), "BAD_USER_INPUT"],
    [Buffer.from("feed:another-log:1.0").toString("base64url"), "CURSOR_TOO_OLD"],
  ])("that is wrong: %s", async (after, code) => {
    const asking = await newAsking()

    const answer = await refused(asking, PURCHASES, { after })

    expect(codeOf(answer)).toBe(code)
    expect(JSON.stringify(answer).length).toBeLessThan(1000)
  })

  test("beyond the log's end is BAD_USER_INPUT", async () => {
    const asking = await newAsking()
    const { logId } = asking.game.tail.genesis

    const answer = await refused(asking, PURCHASES, { after: feedCursor(logId, { offset: 9999, index: 0 }) })

    expect(answer.errors?.[0]?.message).toContain("beyond the log's end")
    expect(codeOf(answer)).toBe("BAD_USER_INPUT")
  })

  test("too far back is CURSOR_TOO_OLD", async () => {
    const asking = await newAsking({ feedBounds: { replayMax: 2 } })
    await asking.register("a", "b", "c")
    const { logId } = asking.game.tail.genesis

    const answer = await refused(asking, PURCHASES, { after: feedCursor(logId, { offset: 1, index: 0 }) })

    expect(codeOf(answer)).toBe("CURSOR_TOO_OLD")
  })

  test("comes with the error that ends a subscriber that is too slow, and resumes from there", async () => {
    const asking = await newAsking({ feedBounds: { behindMax: 3 } })
    await asking.register("alice")
    const slow = await started(asking, PURCHASES, {})
    const first = slow.next()
    const bought = [await buy(asking, "alice")]
    const delivered = [(await first).data.purchases.purchase.id]
    for (let n = 0; n < 5; n++) bought.push(await buy(asking, "alice"))

    const errors: unknown[] = []
    while (errors.length === 0) {
      await slow.next().then(
        ({ data }) => delivered.push(data.purchases.purchase.id),
        error => errors.push(error),
      )
    }
    const [error] = errors as { code: string; extensions: { cursor: string } }[]

    expect(error?.code).toBe("SUBSCRIBER_TOO_SLOW")
    const resumed = await started(asking, PURCHASES, { after: error?.extensions.cursor })
    while (delivered.length < bought.length) delivered.push((await resumed.next()).data.purchases.purchase.id)
    expect(delivered).toEqual(bought)
  })
})

describe("a filter", () => {
  test.each([
    [{ playerId: "a b" }, "filter.playerId"],
    [{ playerId: "../etc" }, "filter.playerId"],
    [{ playerId: "{}" }, "filter.playerId"],
    [{ playerId: "x".repeat(50_000) }, "filter.playerId"],
    [{ swordType: "'; drop" }, "filter.swordType"],
    [{ region: "EU\u0000" }, "filter.region"],
    [{ guildId: "🗡️" }, "filter.guildId"],
    [{ from: "2024-01-02T00:00:00Z", to: "2024-01-01T00:00:00Z" }, "filter.from"],
  ])("with a hostile value is BAD_USER_INPUT, which names the field: %j", async (filter, field) => {
    const asking = await newAsking()

    const answer = await refused(asking, PURCHASES, { filter })

    expect(codeOf(answer)).toBe("BAD_USER_INPUT")
    expect(answer.errors?.[0]?.message).toContain(field)
    expect(JSON.stringify(answer).length).toBeLessThan(1000)
    expect(asking.game.feed.size).toBe(0)
  })

  test("with an invalid time is BAD_USER_INPUT", async () => {
    const asking = await newAsking()

    expect(codeOf(await refused(asking, PURCHASES, { filter: { from: "yesterday" } }))).toBe("BAD_USER_INPUT")
  })
})
