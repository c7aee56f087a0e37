import { describe, expect, test } from "vitest"
import { findOperation } from "../../web/src/operation.js"

const TWO = "query First { a } mutation Second { b }"

describe("the operation that the playground runs", () => {
  test("is the one of that name", () => {
    expect(findOperation(TWO, "Second")?.operation).toBe("mutation")
  })

  test.each([
    ["the tab that was left", "Old"],
    ["no name", null],
  ])("is the only one, whatever the name: %s", (_, name) => {
    expect(findOperation("subscription New { c }", name)?.name?.value).toBe("New")
  })

  test.each([
    ["one of several", TWO],
    ["a text that is no document", "query {"],
    ["nothing", ""],
  ])("is not guessed: %s", (_, text) => {
    expect(findOperation(text, "Old")).toBeNull()
  })
})
