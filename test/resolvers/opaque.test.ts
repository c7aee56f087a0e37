import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { isFault } from "../../src/ports/faults.js"
import { pageCursor, parsePageCursor } from "../../src/resolvers/cursor.js"
import { parsePosition, positionText } from "../../src/resolvers/position.js"

const badInput = (call: () => unknown): boolean => {
  try {
    call()
    return false
  } catch (error) {
    return isFault(error, "BAD_USER_INPUT")
  }
}

describe("a position", () => {
  test("is read back, whatever log it is of", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_:-]{1,40}$/), fc.maxSafeNat(), (logId, offset) => {
        expect(parsePosition("atLeast", positionText(logId, offset), logId)).toBe(offset)
      }),
    )
  })

  test("of any other text is BAD_USER_INPUT, nothing worse", () => {
    fc.assert(
      fc.property(fc.string(), text => {
        expect(badInput(() => parsePosition("atLeast", text, "log"))).toBe(true)
      }),
    )
    expect(badInput(() => parsePosition("atLeast", positionText("other", 5), "log"))).toBe(true)
    expect(badInput(() => parsePosition("atLeast", positionText("log", 2 ** 53), "log"))).toBe(true)
  })

  test("tells a client nothing to take apart", () => {
    expect(positionText("log", 5)).toMatch(/^[A-Za-z0-9_-]+$/)
  })
})

describe("a page's cursor", () => {
  test("is read back by its own sort of page, and by no other", () => {
    const cursor = pageCursor("guilds", "knights")

    expect(parsePageCursor("guilds", cursor)).toBe("knights")
    expect(badInput(() => parsePageCursor("members", cursor))).toBe(true)
    expect(badInput(() => parsePageCursor("purchases", cursor))).toBe(true)
  })

  test("of any other text is BAD_USER_INPUT, nothing worse", () => {
    fc.assert(
      fc.property(fc.string(), text => {
        expect(badInput(() => parsePageCursor("purchases", text))).toBe(true)
      }),
    )
  })

  test("may be left out", () => {
    expect(parsePageCursor("guilds", null)).toBeNull()
    expect(parsePageCursor("guilds", undefined)).toBeNull()
  })
})
