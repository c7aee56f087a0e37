import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { isFault } from "../../src/ports/faults.js"
import { pageCursor, parsePageCursor } from "../../src/resolvers/pageCursor.js"
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

  test("gives a client nothing to take apart", () => {
    expect(positionText("log", 5)).toMatch(/^[A-Za-z0-9_-]+$/)
  })
})

describe("a page's cursor", () => {
  test("is read back by its own kind of page, and by no other", () => {
    const cursor = pageCursor("log", "guilds", "knights")

    expect(parsePageCursor("log", "guilds", cursor)).toBe("knights")
    expect(badInput(() => parsePageCursor("log", "members", cursor))).toBe(true)
    expect(badInput(() => parsePageCursor("log", "purchases", cursor))).toBe(true)
  })

  test("is read back, whatever log it is of, and by no other log", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_:-]{1,40}$/), logId => {
        const cursor = pageCursor(logId, "purchases", "5-0")
        expect(parsePageCursor(logId, "purchases", cursor)).toBe("5-0")
        expect(() => parsePageCursor(`${logId}x`, "purchases", cursor)).toThrow("got one of another log")
      }),
    )
  })

  test("without a log, as older builds made them, is BAD_USER_INPUT", () => {
    const old = Buffer.from("purchases:5-0").toString("base64url")

    expect(badInput(() => parsePageCursor("log", "purchases", old))).toBe(true)
  })

  test("of any other text is BAD_USER_INPUT, nothing worse", () => {
    fc.assert(
      fc.property(fc.string(), text => {
        expect(badInput(() => parsePageCursor("log", "purchases", text))).toBe(true)
      }),
    )
  })

  test("may be left out", () => {
    expect(parsePageCursor("log", "guilds", null)).toBeNull()
    expect(parsePageCursor("log", "guilds", undefined)).toBeNull()
  })
})
