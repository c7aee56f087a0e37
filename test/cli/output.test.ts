import { describe, expect, test } from "vitest"
import { shown } from "../../src/lib/terminalText.js"

describe("what a command prints", () => {
  test.each([
    ["to clear the screen", "\u001b[2J", "\\u001b[2J"],
    ["to set the title, by the one-character form", "\u009d0;x\u0007", "\\u009d0;x\\u0007"],
    ["to write over the line", "ok\rBAD", "ok\\u000dBAD"],
    ["to go back", "bad\b\b\b", "bad\\u0008\\u0008\\u0008"],
    ["to turn the direction", "a\u202eb\u2066c", "a\\u202eb\\u2066c"],
    ["to delete", "\u007f", "\\u007f"],
  ])("makes a terminal do nothing %s", (_, text, expected) => {
    expect(shown(text)).toBe(expected)
  })

  test.each(["two\nlines and\ttabs", "Zoë 👩‍🚀 – «naïve» 名前"])("is otherwise as it is: %j", text => {
    expect(shown(text)).toBe(text)
  })

  test("stays the same JSON", () => {
    const value = { name: "\u001b[31m\u009b\u202e\u2028\n", "\u0085": 1 }

    const text = shown(JSON.stringify(value, null, 2))

    expect(JSON.parse(text)).toEqual(value)
    expect(text).not.toMatch(/[\u0080-\u009f\u2028\u202e]/)
  })
})
