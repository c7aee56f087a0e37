import { describe, expect, test } from "vitest"
import { systemClock } from "../../src/adapters/system/clock.js"
import type { CommandRequest } from "../../src/commands/request.js"
import { makeEvent } from "../../src/domain/events.js"
import { Fault } from "../../src/ports/faults.js"
import { recordNew } from "../support/game.js"
import { askingOf, newAsking } from "./support/asking.js"

const PLAYER = "player { id name region gold health version inventory { sword { type } count } guild { id } }"
const PAYLOAD = "refusal { code message } position replayed"

const REGISTER = `mutation ($input: RegisterPlayerInput!) { answer: registerPlayer(input: $input) { ${PLAYER} ${PAYLOAD} } }`
const GRANT = `mutation ($input: GrantGoldInput!) { answer: grantGold(input: $input) { ${PLAYER} ${PAYLOAD} } }`
const BUY = `mutation ($input: BuySwordInput!) {
  answer: buySword(input: $input) {
    purchase { id price region guildId purchasedAt sword { type name price power } player { id gold } guild { id } }
    ${PLAYER} ${PAYLOAD}
  }
}`

describe("registerPlayer", () => {
  test("starts a player with 1000 gold and 100 health", async () => {
    const { ask } = await newAsking()

    const { data } = await ask(REGISTER, { input: { playerId: "alice", name: "Alice", region: "eu" } })

    const player = { id: "alice", name: "Alice", region: "eu", gold: 1000, health: 100, version: 1 }
    expect(data.answer.player).toEqual({ ...player, inventory: [], guild: null })
    expect(data.answer).toMatchObject({ refusal: null, replayed: false })
  })

  test("PLAYER_EXISTS: refuses an id that is taken, and returns the player who has it", async () => {
    const { ask, register } = await newAsking()
    await register("alice")

    const { data, errors } = await ask(REGISTER, { input: { playerId: "alice", name: "Eve", region: "us" } })

    expect(errors).toBeUndefined()
    expect(data.answer).toMatchObject({ refusal: { code: "PLAYER_EXISTS" }, replayed: false })
    expect(data.answer.player.name).toBe("Name of alice")
  })
})

describe("grantGold", () => {
  test("adds gold", async () => {
    const { ask, register } = await newAsking()
    await register("alice")

    const { data } = await ask(GRANT, { input: { playerId: "alice", amount: 500, reason: "a prize" } })

    expect(data.answer.player).toMatchObject({ gold: 1500, version: 2 })
  })

  test("PLAYER_NOT_FOUND: refuses an unknown player", async () => {
    const { ask } = await newAsking()

    const { data } = await ask(GRANT, { input: { playerId: "nobody", amount: 1, reason: "a prize" } })

    expect(data.answer).toMatchObject({ player: null, refusal: { code: "PLAYER_NOT_FOUND" } })
    expect(data.answer.refusal.message).toBe("there is no player nobody")
  })
})

describe("buySword", () => {
  test("takes the price and gives the sword", async () => {
    const { ask, register } = await newAsking()
    await register("alice")

    const { data } = await ask(BUY, { input: { playerId: "alice", swordType: "katana" } })

    expect(data.answer.purchase).toMatchObject({
      price: 150,
      region: "eu",
      guildId: null,
      guild: null,
      sword: { type: "katana", name: "Katana", price: 150, power: 9 },
      player: { id: "alice", gold: 850 },
    })
    expect(data.answer.player).toMatchObject({
      gold: 850,
      version: 2,
      inventory: [{ sword: { type: "katana" }, count: 1 }],
    })
  })

  test("says when, in UTC", async () => {
    const { ask, register } = await newAsking()
    await register("alice")
    const before = systemClock.now()

    const { data } = await ask(BUY, { input: { playerId: "alice", swordType: "dagger" } })

    const { purchasedAt } = data.answer.purchase
    expect(purchasedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(Date.parse(purchasedAt)).toBeGreaterThanOrEqual(before)
    expect(Date.parse(purchasedAt)).toBeLessThanOrEqual(systemClock.now())
  })

  test("happens in the requested region", async () => {
    const { ask, register } = await newAsking()
    await register("alice")

    const { data } = await ask(BUY, { input: { playerId: "alice", swordType: "dagger", region: "mars" } })

    expect(data.answer.purchase.region).toBe("mars")
    expect(data.answer.player.region).toBe("eu")
  })

  test.each([
    ["PLAYER_NOT_FOUND", { playerId: "nobody", swordType: "katana" }],
    ["UNKNOWN_SWORD", { playerId: "alice", swordType: "spoon" }],
    ["NOT_ENOUGH_GOLD", { playerId: "alice", swordType: "excalibur" }],
  ])("%s: refuses and records nothing", async (code, input) => {
    const { game, ask, register } = await newAsking()
    await register("alice")
    const { length } = game.logServer.records

    const { data, errors } = await ask(BUY, { input })

    expect(errors).toBeUndefined()
    expect(data.answer).toMatchObject({ purchase: null, refusal: { code }, replayed: false })
    expect(game.logServer.records).toHaveLength(length)
  })
})

describe("GOLD_LIMIT", () => {
  test("refuses what would pass 2^53 - 1", async () => {
    const { game, ask } = await newAsking()
    const gold = Number.MAX_SAFE_INTEGER - 5
    const data = { player: "alice", region: "eu", gold, health: 100 }
    await recordNew(game, "alice", makeEvent("PlayerRegistered", data, { name: "Alice" }))

    const refused = await ask(GRANT, { input: { playerId: "alice", amount: 6, reason: "a prize" } })
    const granted = await ask(GRANT, { input: { playerId: "alice", amount: 5, reason: "a prize" } })

    expect(refused.data.answer.refusal.code).toBe("GOLD_LIMIT")
    expect(granted.data.answer.player.gold).toBe(Number.MAX_SAFE_INTEGER)
  })
})

describe("an idempotency key", () => {
  test("used again answers with the purchase of the first time and the player as of now", async () => {
    const { ask, register } = await newAsking()
    await register("alice")
    const input = { playerId: "alice", swordType: "katana", idempotencyKey: "one" }

    const first = await ask(BUY, { input })
    await ask(BUY, { input: { ...input, idempotencyKey: "two" } })
    const again = await ask(BUY, { input })

    expect(again.data.answer).toMatchObject({ replayed: true, position: first.data.answer.position })
    expect(again.data.answer.purchase.id).toBe(first.data.answer.purchase.id)
    expect(again.data.answer.player).toMatchObject({ gold: 700, version: 3 })
  })

  test("used for another request is IDEMPOTENCY_KEY_REUSED", async () => {
    const { ask, register } = await newAsking()
    await register("alice")
    await ask(BUY, { input: { playerId: "alice", swordType: "katana", idempotencyKey: "one" } })

    const answer = await ask(BUY, {
      input: { playerId: "alice", swordType: "dagger", idempotencyKey: "one" },
    })

    expect(answer.data).toEqual({ answer: null })
    expect(answer.errors?.[0]?.extensions).toEqual({ code: "IDEMPOTENCY_KEY_REUSED", retryable: false })
  })

  test("left out, is made and returned by response name, aliases included", async () => {
    const { ask, register } = await newAsking()
    await register("alice")
    const input = '{ playerId: "alice", swordType: "dagger" }'
    const keyed = '{ playerId: "alice", swordType: "dagger", idempotencyKey: "mine" }'

    const { extensions } = await ask(`mutation {
      buySword(input: ${input}) { position }
      again: buySword(input: ${input}) { position }
      mine: buySword(input: ${keyed}) { position }
    }`)

    const keys = extensions?.idempotencyKeys ?? {}
    expect(Object.keys(keys)).toEqual(["buySword", "again"])
    expect(keys.buySword).not.toBe(keys.again)
  })

  test("that the server made can be used to retry", async () => {
    const { ask, register } = await newAsking()
    await register("alice")
    const input = { playerId: "alice", swordType: "katana" }
    const first = await ask(BUY, { input })

    const again = await ask(BUY, {
      input: { ...input, idempotencyKey: first.extensions?.idempotencyKeys?.answer },
    })

    expect(again.data.answer.replayed).toBe(true)
    expect(again.data.answer.purchase.id).toBe(first.data.answer.purchase.id)
  })

  test("that the server made is returned with a fault too: after OUTCOME_UNKNOWN the client needs it", async () => {
    const { game } = await newAsking()
    const requests: CommandRequest[] = []
    const execute = async (request: CommandRequest) => {
      requests.push(request)
      throw new Fault("OUTCOME_UNKNOWN", "a commit was sent, its verdict is not known")
    }
    const { ask } = askingOf({ ...game, commands: { execute } })

    const answer = await ask(BUY, { input: { playerId: "alice", swordType: "katana" } })

    expect(answer.errors?.[0]?.extensions).toEqual({ code: "OUTCOME_UNKNOWN", retryable: true })
    expect(answer.extensions?.idempotencyKeys?.answer).toMatch(/^[A-Za-z0-9_-]{16}$/)
    expect(answer.extensions?.idempotencyKeys?.answer).toBe(requests[0]?.newKey)
  })
})

describe("several mutations in one request", () => {
  test("happen in order, each seen by the next", async () => {
    const { ask, register } = await newAsking()
    await register("alice")
    const input = '{ playerId: "alice", swordType: "dagger" }'
    const fields = "player { gold purchases { edges { node { id } } } }"

    const { data } = await ask(`mutation {
      a: buySword(input: ${input}) { ${fields} }
      b: buySword(input: ${input}) { ${fields} }
      c: buySword(input: ${input}) { ${fields} }
    }`)

    const { a, b, c } = data
    expect([a, b, c].map(({ player }) => player.gold)).toEqual([975, 950, 925])
    expect([a, b, c].map(({ player }) => player.purchases.edges.length)).toEqual([1, 2, 3])
  })

  test("are answered independently: a fault in one does not hide the answer of another", async () => {
    const { ask, register } = await newAsking()
    await register("alice")

    const { data, errors } = await ask(`mutation {
      good: buySword(input: { playerId: "alice", swordType: "dagger" }) { player { gold } }
      bad: buySword(input: { playerId: "al ice", swordType: "dagger" }) { player { gold } }
      refused: buySword(input: { playerId: "alice", swordType: "spoon" }) { refusal { code } }
      last: buySword(input: { playerId: "alice", swordType: "dagger" }) { player { gold } }
    }`)

    expect(data).toEqual({
      good: { player: { gold: 975 } },
      bad: null,
      refused: { refusal: { code: "UNKNOWN_SWORD" } },
      last: { player: { gold: 950 } },
    })
    expect(errors).toMatchObject([{ path: ["bad"], extensions: { code: "BAD_USER_INPUT" } }])
  })
})
