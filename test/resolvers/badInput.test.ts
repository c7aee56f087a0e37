import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openGame, type TestGame } from "../support/game.js"
import { type Answer, type Asking, askingOf } from "./support/asking.js"

// Everything here is refused before anything is recorded, so one game serves all tests.
let game: TestGame
let asking: Asking

beforeAll(async () => {
  game = await openGame()
  asking = askingOf(game, game.logger)
  await asking.register("alice")
})
afterAll(() => game.close())

/** Every mutation with a valid input, and the type of its input. */
const good = {
  registerPlayer: { playerId: "bob", name: "Bob", region: "eu" },
  grantGold: { playerId: "alice", amount: 1, reason: "a prize" },
  buySword: { playerId: "alice", swordType: "dagger", region: "eu" },
  sellSword: { playerId: "alice", swordType: "dagger" },
  fightMonster: { playerId: "alice", monster: "rat" },
  rest: { playerId: "alice" },
  gift: { fromPlayerId: "alice", toPlayerId: "bob", gold: 5 },
  offerTrade: { playerId: "alice", toPlayerId: "bob", gives: { gold: 5 }, wants: {} },
  acceptTrade: { playerId: "alice", fromPlayerId: "bob", tradeId: "1-0" },
  withdrawTrade: { playerId: "alice", otherPlayerId: "bob", tradeId: "1-0" },
  foundGuild: { founderId: "alice", name: "Knights", capacity: 5 },
  joinGuild: { playerId: "alice", guildId: "knights" },
  leaveGuild: { playerId: "alice", guildId: "knights" },
} as const

type Mutation = keyof typeof good

function mutation(name: Mutation): string {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  return `mutation ($input: ${type}!) { ${name}(input: $input) { position } }`
}

async function send(
  name: Mutation,
  field: string,
  value: unknown,
): Promise<{ answer: Answer; commits: number }> {
  const { length } = game.logServer.records
  const answer = await asking.ask(mutation(name), { input: { ...good[name], [field]: value } })
  return { answer, commits: game.logServer.records.length - length }
}

const badIds = [
  ["with a space", "al ice"],
  ["with a control character", "al\u0007ice"],
  ["with a line break", "alice\r\n"],
  ["with an emoji", "alice😀"],
  ["that is a path", "../alice"],
  ["in braces", "{alice}"],
  ["that is empty", ""],
  ["that begins with a dot", ".alice"],
  ["of 65 characters", "a".repeat(65)],
  ["of a megabyte", "a".repeat(1_000_000)],
] as const

const ids = [
  ["registerPlayer", "playerId"],
  ["grantGold", "playerId"],
  ["buySword", "playerId"],
  ["foundGuild", "founderId"],
  ["joinGuild", "playerId"],
  ["joinGuild", "guildId"],
  ["leaveGuild", "playerId"],
  ["leaveGuild", "guildId"],
  ["buySword", "swordType"],
  ["buySword", "region"],
  ["registerPlayer", "region"],
  ["sellSword", "playerId"],
  ["sellSword", "swordType"],
  ["fightMonster", "monster"],
  ["rest", "playerId"],
  ["gift", "fromPlayerId"],
  ["gift", "toPlayerId"],
  ["gift", "swordType"],
  ["offerTrade", "toPlayerId"],
  ["acceptTrade", "fromPlayerId"],
  ["acceptTrade", "tradeId"],
  ["withdrawTrade", "otherPlayerId"],
  ["withdrawTrade", "tradeId"],
] as const

describe.each(ids)("%s: %s", (name, field) => {
  test.each(badIds)(
    "%s is BAD_USER_INPUT that names field, expectation and value, cut short",
    async (_, value) => {
      const { answer, commits } = await send(name, field, value)

      expect(answer.data).toEqual({ [name]: null })
      expect(answer.errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT", retryable: false } }])
      const message = answer.errors?.[0]?.message ?? ""
      expect(message).toMatch(new RegExp(`^${name}: ${field}: expected .+, got `))
      expect(message).toContain(JSON.stringify(value).slice(0, 20))
      expect(message.length).toBeLessThan(300)
      expect(commits).toBe(0)
    },
  )
})

describe("an amount", () => {
  const expected = "expected a whole number from 1 to 1000000000"
  const amounts = [0, -1, 0.5, 1e9 + 1, 2 ** 31, 2 ** 53, 1e300, "5", true, [1], {}]

  test.each(amounts.map(amount => [JSON.stringify(amount), amount]))(
    "of %s is BAD_USER_INPUT",
    async (text, amount) => {
      const { answer, commits } = await send("grantGold", "amount", amount)

      expect(answer.errors?.[0]?.extensions?.code).toBe("BAD_USER_INPUT")
      expect(answer.errors?.[0]?.message).toBe(`grantGold: amount: ${expected}, got ${text}`)
      expect(commits).toBe(0)
    },
  )

  test.each(["-1", "0.5", "9007199254740993", "1e300", '"5"'])(
    "of %s as a literal likewise",
    async literal => {
      const { length } = game.logServer.records

      const answer = await asking.ask(
        `mutation { grantGold(input: { playerId: "alice", amount: ${literal}, reason: "a prize" }) { position } }`,
      )

      expect(answer.errors?.[0]?.extensions?.code).toBe("BAD_USER_INPUT")
      expect(answer.errors?.[0]?.message).toMatch(`grantGold: amount: ${expected}, got `)
      expect(game.logServer.records).toHaveLength(length)
    },
  )

  test.each([null, undefined])("of %s is BAD_USER_INPUT", async amount => {
    const { answer, commits } = await send("grantGold", "amount", amount)

    expect(answer.errors?.[0]?.extensions?.code).toBe("BAD_USER_INPUT")
    expect(answer.errors?.[0]?.message).toContain("amount")
    expect(commits).toBe(0)
  })
})

describe("goods", () => {
  const sword = (count: unknown, swordType = "katana") => ({ swordType, count })
  const many = Array.from({ length: 11 }, (_, i) => sword(1, `sword-${i}`))

  test.each<[string, object]>([
    ["gold below 0", { gold: -1 }],
    ["no sword", { swords: [sword(0)] }],
    ["a debt of swords", { swords: [sword(-1)] }],
    ["a million and one swords", { swords: [sword(1_000_001)] }],
    ["a type twice", { swords: [sword(1), sword(2)] }],
    ["11 types", { swords: many }],
    ["a type that is none", { swords: [sword(1, "Katana")] }],
    ["a type of 1,000 characters", { swords: [sword(1, "x".repeat(1000))] }],
  ])("of %s are BAD_USER_INPUT", async (_, gives) => {
    const { answer, commits } = await send("offerTrade", "gives", gives)

    expect(answer.data).toEqual({ offerTrade: null })
    expect(answer.errors?.[0]?.extensions?.code).toBe("BAD_USER_INPUT")
    const message = answer.errors?.[0]?.message ?? ""
    expect(message).toMatch(/^offerTrade: gives: expected goods: gold 0 to .+, got \{/)
    expect(message.length).toBeLessThan(300)
    expect(commits).toBe(0)
  })

  test.each([
    ["nothing for nothing", {}, {}],
    ["nothing for nothing, written out", { gold: 0, swords: [] }, { gold: null, swords: null }],
  ])("on neither side, %s, are BAD_USER_INPUT", async (_, gives, wants) => {
    const { length } = game.logServer.records
    const input = { ...good.offerTrade, gives, wants }

    const answer = await asking.ask(mutation("offerTrade"), { input })

    expect(answer.errors?.[0]?.message).toMatch(
      "offerTrade: gives: expected gold or swords on at least one side of the trade, got {",
    )
    expect(game.logServer.records).toHaveLength(length)
  })

  test.each([
    ["both", { gold: 5, swordType: "katana" }, "5"],
    ["neither", { gold: null, swordType: null }, "null"],
  ])("as a gift: %s of gold and swordType is BAD_USER_INPUT", async (what, given, got) => {
    const { length } = game.logServer.records
    const input = { ...good.gift, ...given }

    const answer = await asking.ask(mutation("gift"), { input })

    expect(answer.errors?.[0]?.extensions?.code).toBe("BAD_USER_INPUT")
    expect(answer.errors?.[0]?.message).toBe(
      `gift: gold: expected exactly one of gold and swordType, not ${what}, got ${got}`,
    )
    expect(game.logServer.records).toHaveLength(length)
  })
})

describe("other fields", () => {
  const cases = [
    ["registerPlayer", "name", ["", "   ", "a\u0000b", "a\nb", "\u202e", "x".repeat(65), "😀".repeat(65)]],
    ["grantGold", "reason", ["", "a\u0007b", "x".repeat(201)]],
    ["foundGuild", "name", ["", "!!!", "😀", "x".repeat(65)]],
    ["foundGuild", "capacity", [0, -1, 501]],
  ] as const
  const flat = cases.flatMap(([name, field, values]) => values.map(value => [name, field, value] as const))

  test.each(flat)("%s: %s: %j is BAD_USER_INPUT", async (name, field, value) => {
    const { answer, commits } = await send(name, field, value)

    expect(answer.errors?.[0]?.extensions?.code).toBe("BAD_USER_INPUT")
    expect(answer.errors?.[0]?.message).toMatch(new RegExp(`^${name}: ${field}: expected .+, got `))
    expect(commits).toBe(0)
  })

  test.each(Object.keys(good) as Mutation[])("%s: a key that is no key is BAD_USER_INPUT", async name => {
    for (const key of ["", "x".repeat(65), "a\u0007b", "schlüssel"]) {
      const { answer, commits } = await send(name, "idempotencyKey", key)

      expect(answer.errors?.[0]?.message).toMatch(`${name}: idempotencyKey: expected 1 to 64 printable ASCII`)
      expect(commits).toBe(0)
    }
  })

  test("all mistakes are reported at once", async () => {
    const input = { playerId: "a b", amount: -1, reason: "" }

    const answer = await asking.ask(mutation("grantGold"), { input })

    for (const field of ["playerId", "amount", "reason"])
      expect(answer.errors?.[0]?.message).toContain(`${field}: `)
  })
})

describe("a value that does not fit its type", () => {
  test.each([
    ["a number for a text", { ...good.registerPlayer, name: 5 }],
    ["a fractional capacity", { founderId: "alice", name: "Knights", capacity: 1.5 }],
    ["a field that there is not", { ...good.registerPlayer, gold: 1_000_000 }],
    ["__proto__", JSON.parse('{"playerId":"bob","name":"Bob","region":"eu","__proto__":{"gold":5}}')],
    ["no object", 5],
    ["a list", [good.registerPlayer, good.registerPlayer]],
    ["null", null],
  ])("%s is BAD_USER_INPUT", async (_, input) => {
    const { length } = game.logServer.records
    const name = "capacity" in Object(input) ? "foundGuild" : "registerPlayer"

    const answer = await asking.ask(mutation(name), { input })

    expect(answer.data).toBeUndefined()
    expect(answer.errors?.[0]?.extensions).toEqual({ code: "BAD_USER_INPUT", retryable: false })
    expect(game.logServer.records).toHaveLength(length)
  })

  test("is shown truncated", async () => {
    const answer = await asking.ask(mutation("registerPlayer"), { input: "x".repeat(90_000) })

    expect(answer.errors?.[0]?.extensions?.code).toBe("BAD_USER_INPUT")
    expect(answer.errors?.[0]?.message.length).toBeLessThan(600)
  })
})
