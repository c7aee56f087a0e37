import { describe, expect, test } from "vitest"
import { slug } from "../../src/domain/aggregates.js"
import { type CommandName, commandType } from "../../src/domain/commands.js"
import { parseInput, show } from "../../src/domain/input.js"

describe("the inputs of commands", () => {
  test.each<[CommandName, Record<string, unknown>, string[]]>([
    ["registerPlayer", {}, ["playerId", "name", "region"]],
    ["registerPlayer", { playerId: "a/b", name: "", region: "EU" }, ["playerId", "name", "region"]],
    ["registerPlayer", { playerId: "a", name: "x".repeat(65), region: "eu" }, ["name"]],
    ["registerPlayer", { playerId: "a", name: "x", region: "e".repeat(33) }, ["region"]],
    ["registerPlayer", { playerId: "a", name: "a\u202eb", region: "eu" }, ["name"]],
    ["grantGold", { playerId: "a", amount: 1, reason: "a\u2067b" }, ["reason"]],
    ["foundGuild", { founderId: "a", name: "a\u202db", capacity: 5 }, ["name"]],
    ["grantGold", { playerId: "a", amount: 0, reason: "x" }, ["amount"]],
    ["grantGold", { playerId: "a", amount: -5, reason: "x" }, ["amount"]],
    ["grantGold", { playerId: "a", amount: 1.5, reason: "x" }, ["amount"]],
    ["grantGold", { playerId: "a", amount: Number.NaN, reason: "x" }, ["amount"]],
    ["grantGold", { playerId: "a", amount: 1_000_000_001, reason: "x".repeat(201) }, ["amount", "reason"]],
    ["buySword", { playerId: "a", swordType: "Katana" }, ["swordType"]],
    ["foundGuild", { founderId: "a", name: "x", capacity: 0 }, ["capacity"]],
    ["foundGuild", { founderId: "a", name: "x", capacity: 501 }, ["capacity"]],
    ["joinGuild", { playerId: "a", guildId: "-x" }, ["guildId"]],
    ["leaveGuild", { playerId: "a", guildId: "X" }, ["guildId"]],
    ["gift", { fromPlayerId: "a", toPlayerId: "b", gold: 0, swordType: "X" }, ["gold", "swordType"]],
    ["offerTrade", { playerId: "a", toPlayerId: "b", gives: { gold: -1 }, wants: 5 }, ["gives", "wants"]],
    ["acceptTrade", { playerId: "a", fromPlayerId: "b", tradeId: "new-1" }, ["tradeId"]],
    ["withdrawTrade", { playerId: "a", otherPlayerId: "b", tradeId: "1-1 " }, ["tradeId"]],
  ])("%s %j: names what is wrong", (name, input, fields) => {
    const parsed = parseInput(commandType(name).input, input)

    expect(parsed).toEqual({
      ok: false,
      problems: fields.map(field => expect.objectContaining({ field, expected: expect.any(String) })),
    })
  })

  test.each<[CommandName, Record<string, unknown>]>([
    ["registerPlayer", { playerId: "A.b_c-9", name: "名前 👩‍👩‍👧", region: "eu-west-1" }],
    ["grantGold", { playerId: "a", amount: 1_000_000_000, reason: "x".repeat(200) }],
    ["buySword", { playerId: "a", swordType: "no-such-sword", region: null }],
    ["foundGuild", { founderId: "a", name: "x", capacity: 1 }],
    ["foundGuild", { founderId: "a", name: "x", capacity: 500 }],
  ])("%s %j: is as expected", (name, input) => {
    expect(parseInput(commandType(name).input, input)).toEqual({ ok: true, value: input })
  })

  test("a missing optional field is null, an undeclared one is dropped", () => {
    const parsed = parseInput(commandType("buySword").input, { playerId: "a", swordType: "x", more: 1 })

    expect(parsed).toEqual({ ok: true, value: { playerId: "a", swordType: "x", region: null } })
  })

  test("goods are brought into one form: nothing is missing, swords are sorted, more is dropped", () => {
    const katana = { swordType: "katana", count: 2 }
    const dagger = { swordType: "dagger", count: 1 }
    const gives = { swords: [katana, dagger], more: 1 }
    const input = { playerId: "a", toPlayerId: "b", gives, wants: { gold: 5, swords: null } }

    expect(parseInput(commandType("offerTrade").input, input)).toEqual({
      ok: true,
      value: {
        ...{ playerId: "a", toPlayerId: "b" },
        gives: { gold: 0, swords: [dagger, katana] },
        wants: { gold: 5, swords: [] },
      },
    })
  })

  test.each([undefined, null])("a capacity of %s is that by default", capacity => {
    const parsed = parseInput(commandType("foundGuild").input, { founderId: "a", name: "x", capacity })

    expect(parsed).toEqual({ ok: true, value: { founderId: "a", name: "x", capacity: 50 } })
  })
})

describe("a guild's name", () => {
  test.each([
    ["The Knights", "the-knights"],
    ["  -- Knights!! of 42 --", "knights-of-42"],
    ["KNIGHTS", "knights"],
    ["Ærø", "r"],
    ["!!!", ""],
    ["名前", ""],
  ])("%j has the slug %j", (name, expected) => {
    expect(slug(name)).toBe(expected)
  })

  const check = (name: string) => commandType("foundGuild").check?.({ name }) ?? null

  test.each(["!!!", "名前"])("%j has nothing that an id is made from", name => {
    expect(check(name)).toMatchObject({ field: "name", expected: expect.stringContaining("a-z A-Z 0-9") })
  })

  test("that makes an id of more than 64 characters is too long", () => {
    expect(check("İ".repeat(64))).toMatchObject({ field: "name", expected: expect.stringContaining("slug") })
  })

  test.each(["!!!", "名前"])("%j: what is missing for the guild's id is said", name => {
    expect(check(name)?.expected).toContain("at least one of a-z A-Z 0-9")
  })

  test.each(["x", "a".repeat(64), "The Knights"])("%j may be used", name => {
    expect(check(name)).toBeNull()
  })
})

describe("a value in a message", () => {
  test.each<[unknown, string]>([
    [undefined, "nothing"],
    [null, "null"],
    [5, "5"],
    ['a "quote"\n', '"a \\"quote\\"\\n"'],
    ["a\u202eb\u0085", '"a\\u202eb\\u0085"'],
    [{ a: [1] }, '{"a":[1]}'],
    [() => 1, "function"],
    [5n, "a value of type bigint, which JSON cannot express"],
  ])("%o is shown as %s", (value, expected) => {
    expect(show(value)).toBe(expected)
  })

  test("is truncated after 60 characters", () => {
    expect(show("x".repeat(1000))).toBe(`"${"x".repeat(59)}…`)
    expect(show(Array(1000).fill(1)).length).toBe(61)
  })

  test("does not overflow the stack, however deeply it is nested", () => {
    const deep = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`)

    expect(show(deep)).toBe("a value of type object, which JSON cannot express")
  })
})
