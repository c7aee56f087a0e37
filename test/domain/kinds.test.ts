import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { guildId, optional, playerId, visibleText } from "../../src/domain/kinds.js"

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
  const accepts = (text: string) => name.is(text) && name.input.accepts(text)

  it.each(["x", "Æthelflæd", "名前", "👩‍👩‍👧", "a b", "😀".repeat(64)])("may be %s", text => {
    expect(accepts(text)).toBe(true)
  })
  it.each(["", " ", "\u200b", "a\u0007", "a\nb", "\ud800", "x".repeat(65), "😀".repeat(65)])(
    "is not: %j",
    text => {
      expect(accepts(text)).toBe(false)
    },
  )
  it.each([
    ["joiners of emoji", "🏳️‍🌈 🧑🏽‍🚀 ❤️‍🔥"],
    ["the form of an emoji", "1️⃣ ☎️"],
    ["the flag of Scotland", "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}"],
    ["a non-joiner of Persian", "می‌خواهم"],
    ["a joiner of Malayalam at a word's end", "അവന്‍ വന്നു"],
    ["a form of an ideograph", "葛\u{e0100}城"],
    ["Hebrew and Arabic, which turn by themselves", "שלום مرحبا"],
    ["spaces of other widths", "a\u3000b\u00a0c"],
  ])("may hold %s", (_, text) => {
    expect(accepts(text)).toBe(true)
  })
  it.each([
    ...["\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"],
    ...["\u061c", "\u200e", "\u200f", "\u00ad", "\u034f", "\u200b", "\u2060", "\u2064", "\u206a", "\ufeff"],
    ...["\u115f", "\u3164", "\uffa0", "\ufff9", "\u{1d173}", "\u{e0001}", "\u{e0041}", "\ue000", "\u2028"],
  ])("holds nothing invisible and nothing that changes the direction of text: %j", hidden => {
    expect(accepts(`a${hidden}b`)).toBe(false)
  })
  it.each([
    ["a joiner alone", "\u200d"],
    ["two joiners in a row", "a\u200d\u200db"],
    ["a joiner after a space", "a \u200db"],
    ["a form of nothing", "\ufe0fa"],
    ["two forms in a row", "a\ufe0f\ufe0f"],
    ["the code of a flag without its flag", "a\u{e0067}\u{e0062}\u{e007f}"],
    ["blanks of Braille alone", "\u2800"],
  ])("is not: %s", (_, text) => {
    expect(accepts(text)).toBe(false)
  })

  it("is judged in time that grows with its length alone", () => {
    expect(accepts("🏴\u{e0067}".repeat(30))).toBe(false)
    expect(visibleText(50_000).input.accepts(`${"🏴\u{e0067}\u{e007f}".repeat(10_000)}\n`)).toBe(false)
  })

  it("whose kind is optional may be null in an input too", () => {
    expect(optional(name).input.accepts(null)).toBe(true)
    expect(optional(name).input.accepts("\u202e")).toBe(false)
  })
})

describe("a text in the log", () => {
  const name = visibleText(64)

  it.each([
    ["of characters that no Unicode has yet", "\u{1fa8a}\u{3fffd}\u0378"],
    ["of private characters and such as are none", "\ue000\u{10fffd}\ufdd0\uffff"],
    ["of what no input may hold any more", "\u202e \u2066\u200b\u2028"],
    ["of spaces alone", " "],
    ["of 64 characters of two units", "😀".repeat(64)],
  ])("may be one %s", (_, text) => {
    expect(name.is(text)).toBe(true)
  })
  it.each([
    ["empty", ""],
    ["65 characters", "x".repeat(65)],
    ["65 characters of two units", "😀".repeat(65)],
    ["half of a surrogate pair", "a\ud83d"],
    ["a control", "a\u0000"],
    ["a control of Latin-1", "a\u0085"],
    ["a line break at the end", "a\n"],
    ["no text", 5],
  ])("is not: %s", (_, text) => {
    expect(name.is(text)).toBe(false)
  })

  it("may be all that was ever accepted of an input", () => {
    const unit = fc.integer({ min: 0, max: 0x10ffff }).map(point => String.fromCodePoint(point))
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 70 }), text => {
        fc.pre(acceptedOnce(text, 64))
        expect(name.is(text)).toBe(true)
      }),
    )
  })
})

/** Until fold version 3, the one rule for both inputs and the log. */
function acceptedOnce(text: string, max: number): boolean {
  return (
    [...text].length <= max &&
    !/[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u.test(text) &&
    /[^\p{Z}\p{Cf}]/u.test(text)
  )
}
