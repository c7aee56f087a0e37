import { describe, expect, test } from "vitest"
import { builtInCatalogue, newCatalogue } from "../../src/domain/catalogue.js"
import { type Answer, type Asking, newAsking } from "./support/asking.js"

const PAYLOAD = "refusal { code message } position replayed"
const GOODS = "gold swords { sword { type name } count }"
const TRADE = `id state from { id name gold } to { id } gives { ${GOODS} } wants { ${GOODS} }`
const OWNED = "gold inventory { sword { type } count } trades { id } offers { id }"

/** The answer of a mutation, as its field. */
async function mutate(
  { ask }: Asking,
  name: string,
  input: Readonly<Record<string, unknown>>,
  fields: string,
): Promise<NonNullable<Answer["data"]>> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { answer: ${name}(input: $input) { ${fields} ${PAYLOAD} } }`
  const { data, errors } = await ask(query, { input })
  expect(errors).toBeUndefined()
  return data.answer
}

async function traders(options: Parameters<typeof newAsking>[0] = {}) {
  const asking = await newAsking(options)
  await asking.register("alice", "bob")
  return asking
}

const slot = (type: string, name: string, count: number) => ({ sword: { type, name }, count })

function buy(asking: Asking, playerId: string, swordType: string) {
  return mutate(asking, "buySword", { playerId, swordType }, "player { gold }")
}

/** Alice has a katana, Bob a gladius; Alice offers hers and 50 gold for his. */
async function offered(asking: Asking): Promise<string> {
  await buy(asking, "alice", "katana")
  await buy(asking, "bob", "gladius")
  const { trade } = await mutate(asking, "offerTrade", OFFER, "trade { id }")
  return trade.id
}

const OFFER = {
  ...{ playerId: "alice", toPlayerId: "bob" },
  gives: { swords: [{ swordType: "katana", count: 1 }], gold: 50 },
  wants: { swords: [{ swordType: "gladius", count: 1 }] },
}

describe("sellSword", () => {
  test("gives half the price", async () => {
    const asking = await traders()
    await buy(asking, "alice", "katana")

    const { player } = await mutate(
      asking,
      "sellSword",
      { playerId: "alice", swordType: "katana" },
      `player { ${OWNED} }`,
    )

    expect(player).toMatchObject({ gold: 925, inventory: [] })
  })
})

describe("fightMonster", () => {
  const FIGHT =
    "fight { id monster { type name strength gold } won goldWon healthLost } player { gold health }"

  test("says how it went, the same when it is replayed", async () => {
    const asking = await traders()
    const input = { playerId: "alice", monster: "wolf", idempotencyKey: "k" }

    const first = await mutate(asking, "fightMonster", input, FIGHT)
    const again = await mutate(asking, "fightMonster", input, FIGHT)

    const monster = { type: "wolf", name: "Dire Wolf", strength: 9, gold: 30 }
    expect(first.fight).toEqual({ id: expect.any(String), monster, won: true, goldWon: 30, healthLost: 5 })
    expect(first.player).toEqual({ gold: 1030, health: 95 })
    expect(again).toEqual({ ...first, replayed: true })
  })

  test("TOO_WEAK: a fight at no health is refused, until after a rest", async () => {
    const asking = await traders()
    const dragon = { playerId: "alice", monster: "dragon" }
    for (let i = 0; i < 2; i++) await mutate(asking, "fightMonster", dragon, FIGHT)

    const refused = await mutate(asking, "fightMonster", dragon, FIGHT)
    const rested = await mutate(asking, "rest", { playerId: "alice" }, "player { health }")
    const fought = await mutate(asking, "fightMonster", dragon, FIGHT)

    expect(refused).toMatchObject({ fight: null, refusal: { code: "TOO_WEAK" }, player: { health: 0 } })
    expect(rested.player.health).toBe(20)
    expect(fought.fight).toMatchObject({ won: false, goldWon: 0, healthLost: 20 })
  })

  test("is shown by its monster's type once that has left the catalogue", async () => {
    const asking = await traders()
    const input = { playerId: "alice", monster: "wolf", idempotencyKey: "k" }
    await mutate(asking, "fightMonster", input, FIGHT)
    const { swords } = builtInCatalogue
    Object.assign(asking.game, { catalogue: newCatalogue({ swords, monsters: [] }) })

    const { fight } = await mutate(asking, "fightMonster", input, FIGHT)

    expect(fight.monster).toEqual({ type: "wolf", name: "wolf", strength: 0, gold: 0 })
  })
})

describe("gift", () => {
  const GIFT = "gift { id gold sword { type } givenAt } from { id gold } to { id gold inventory { count } }"

  test("gives gold", async () => {
    const asking = await traders()

    const input = { fromPlayerId: "alice", toPlayerId: "bob", gold: 400 }
    const { gift, from, to } = await mutate(asking, "gift", input, GIFT)

    expect(gift).toMatchObject({ gold: 400, sword: null, givenAt: expect.any(String) })
    expect(from).toEqual({ id: "alice", gold: 600 })
    expect(to).toEqual({ id: "bob", gold: 1400, inventory: [] })
  })

  test("gives a sword, once for one key", async () => {
    const asking = await traders()
    await buy(asking, "alice", "katana")
    const input = { fromPlayerId: "alice", toPlayerId: "bob", swordType: "katana", idempotencyKey: "k" }

    const first = await mutate(asking, "gift", input, GIFT)
    const again = await mutate(asking, "gift", input, GIFT)

    expect(first.gift).toMatchObject({ gold: null, sword: { type: "katana" } })
    expect(first.to.inventory).toEqual([{ count: 1 }])
    expect(again).toEqual({ ...first, replayed: true })
  })

  test("SAME_PLAYER: to oneself is refused", async () => {
    const asking = await traders()

    const input = { fromPlayerId: "alice", toPlayerId: "alice", gold: 1 }
    const { gift, refusal } = await mutate(asking, "gift", input, GIFT)

    expect(gift).toBeNull()
    expect(refusal.code).toBe("SAME_PLAYER")
  })
})

describe("a trade", () => {
  test("is open once it is offered, with both players", async () => {
    const asking = await traders()
    const id = await offered(asking)

    const { data } = await asking.ask(
      `{ alice: player(id: "alice") { trades { ${TRADE} } offers { id } } bob: player(id: "bob") { trades { id } offers { ${TRADE} } } }`,
    )

    const trade = {
      ...{ id, state: "OPEN", from: { id: "alice", name: "Name of alice", gold: 850 }, to: { id: "bob" } },
      gives: { gold: 50, swords: [slot("katana", "Katana", 1)] },
      wants: { gold: 0, swords: [slot("gladius", "Gladius", 1)] },
    }
    expect(data).toEqual({
      alice: { trades: [trade], offers: [] },
      bob: { trades: [], offers: [trade] },
    })
  })

  test("changes hands when it is accepted", async () => {
    const asking = await traders()
    const tradeId = await offered(asking)

    const accepted = { playerId: "bob", fromPlayerId: "alice", tradeId }
    const { trade, player } = await mutate(
      asking,
      "acceptTrade",
      accepted,
      `trade { ${TRADE} } player { ${OWNED} }`,
    )
    const { data } = await asking.ask(`{ player(id: "alice") { ${OWNED} } }`)

    expect(trade).toMatchObject({
      id: tradeId,
      state: "MADE",
      from: { id: "alice", gold: 800 },
      to: { id: "bob" },
    })
    const none = { trades: [], offers: [] }
    expect(player).toEqual({ gold: 990, inventory: [{ sword: { type: "katana" }, count: 1 }], ...none })
    expect(data.player).toEqual({ gold: 800, inventory: [{ sword: { type: "gladius" }, count: 1 }], ...none })
  })

  test.each([
    ["withdrawn", "alice", "bob"],
    ["declined", "bob", "alice"],
  ])("is no longer open once it is %s", async (_, playerId, otherPlayerId) => {
    const asking = await traders()
    const tradeId = await offered(asking)

    const input = { playerId, otherPlayerId, tradeId }
    const { trade, player } = await mutate(
      asking,
      "withdrawTrade",
      input,
      `trade { ${TRADE} } player { ${OWNED} }`,
    )
    const late = { playerId: "bob", fromPlayerId: "alice", tradeId }
    const { refusal } = await mutate(asking, "acceptTrade", late, "trade { id }")

    expect(trade).toMatchObject({ state: "WITHDRAWN", from: { id: "alice" }, to: { id: "bob" } })
    expect(player).toMatchObject({ trades: [], offers: [] })
    expect(refusal).toMatchObject({ code: "TRADE_NOT_FOUND" })
  })

  test("accepted twice at once is made once", async () => {
    const asking = await traders()
    const tradeId = await offered(asking)
    const input = { playerId: "bob", fromPlayerId: "alice", tradeId }

    const answers = await Promise.all(
      [1, 2].map(() => mutate(asking, "acceptTrade", input, "trade { state }")),
    )

    expect(answers.map(({ trade }) => trade?.state ?? null).sort()).toEqual(["MADE", null])
    expect(answers.map(({ refusal }) => refusal?.code ?? "").sort()).toEqual(["", "TRADE_NOT_FOUND"])
  })

  test("whose goods are gone is refused, and stays open", async () => {
    const asking = await traders()
    const tradeId = await offered(asking)
    await mutate(asking, "sellSword", { playerId: "alice", swordType: "katana" }, "player { gold }")

    const input = { playerId: "bob", fromPlayerId: "alice", tradeId }
    const { trade, refusal, player } = await mutate(
      asking,
      "acceptTrade",
      input,
      `trade { id } player { ${OWNED} }`,
    )

    expect(trade).toBeNull()
    expect(refusal).toEqual({ code: "SWORD_NOT_OWNED", message: "alice has 0 of katana, not the 1 to give" })
    expect(player.offers).toEqual([{ id: tradeId }])
  })

  test("that is replayed answers with what it was the first time, though it was made since", async () => {
    const asking = await traders()
    await buy(asking, "alice", "katana")
    await buy(asking, "bob", "gladius")
    const input = { ...OFFER, idempotencyKey: "k" }
    // The same offer, in another form.
    const again = { ...input, wants: { ...OFFER.wants, gold: 0 } }
    const { trade, position } = await mutate(asking, "offerTrade", input, "trade { id state }")
    await mutate(
      asking,
      "acceptTrade",
      { playerId: "bob", fromPlayerId: "alice", tradeId: trade.id },
      "trade { id }",
    )

    const replayed = await mutate(asking, "offerTrade", again, "trade { id state } player { trades { id } }")

    expect(replayed).toEqual({ trade, position, refusal: null, replayed: true, player: { trades: [] } })
  })

  test("TRADE_LIMIT: 21 that a player has offered, or that were offered to it, cannot stand open", async () => {
    const asking = await traders()
    await asking.register("carol")
    const [gives, wants] = [{ gold: 1 }, {}]
    const offer = (playerId: string, toPlayerId: string) =>
      mutate(asking, "offerTrade", { playerId, toPlayerId, gives, wants }, "trade { id }")
    for (let i = 0; i < 20; i++) expect((await offer("alice", "bob")).refusal).toBeNull()

    expect((await offer("alice", "carol")).refusal).toMatchObject({ code: "TRADE_LIMIT" })
    expect((await offer("carol", "bob")).refusal).toMatchObject({ code: "TRADE_LIMIT" })
    expect((await offer("bob", "alice")).refusal).toBeNull()
  })
})
