import { describe, expect, it } from "vitest"
import { guildId, playerId, visibleText } from "../../src/domain/kinds.js"

describe("a player id", () => {
  it.each(["alice", "A", "a.b_c-d", "0", "a".repeat(64)])("may be %s", id => {
    expect(playerId.is(id)).toBe(true)
  })
  it.each([
    ["empty", ""],
    ["a space", "a b"],
    ["a control character", "a\u0000"],
    ["a line break at the end", "alice\n"],
    ["an emoji", "a😀"],
    ["a path", "../x"],
    ["braces", "{x}"],
    ["65 characters", "a".repeat(65)],
    ["a number", 5],
    ["null", null],
  ])("is not: %s", (_, id) => {
    expect(playerId.is(id)).toBe(false)
  })
})

describe("a guild id", () => {
  it.each(["knights", "a", "a-b", "a".repeat(64)])("may be %s", id => {
    expect(guildId.is(id)).toBe(true)
  })
  it.each(["", "-a", "a-", "A", "a_b", "a".repeat(65)])("is not: %s", id => {
    expect(guildId.is(id)).toBe(false)
  })
})

describe("a visible text", () => {
  const name = visibleText(64)
  it.each(["x", "Æthelflæd", "名前", "👩‍👩‍👧", "a b", "😀".repeat(64)])("may be %s", text => {
    expect(name.is(text)).toBe(true)
  })
  it.each(["", " ", "\u200b", "a\u0007", "a\nb", "\ud800", "x".repeat(65), "😀".repeat(65)])(
    "is not: %j",
    text => {
      expect(name.is(text)).toBe(false)
    },
  )
})
