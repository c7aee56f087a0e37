import { describe, expect, test } from "vitest"
import { checkRequest } from "../../src/commands/request.js"
import { isFault } from "../../src/ports/faults.js"
import { buy, found, grant, join, register } from "../domain/support/requests.js"

const newKey = () => "made"

describe("a request", () => {
  // Shows R17.
  test("names its aggregates from its input alone, the acting player first", () => {
    expect(checkRequest(join("alice", "knights"), newKey).aggregates).toEqual([
      "player/alice",
      "guild/knights",
    ])
    expect(checkRequest(found("alice", "The Knights"), newKey).aggregates).toEqual([
      "player/alice",
      "guild/the-knights",
    ])
  })

  test("without a key gets one that the server makes", () => {
    expect(checkRequest(register("alice"), newKey)).toMatchObject({ key: "made", clientKey: false })
    expect(checkRequest({ ...register("alice"), idempotencyKey: null }, newKey).clientKey).toBe(false)
  })

  test("with a key keeps it, scoped to the acting player", () => {
    const request = { ...register("alice"), idempotencyKey: "a key/with ~" }

    expect(checkRequest(request, newKey)).toMatchObject({
      key: "a key/with ~",
      clientKey: true,
      id: "alice/a key/with ~",
    })
  })

  test("of the receiver owns the key of a grant", () => {
    expect(checkRequest({ ...grant("bob", 1), idempotencyKey: "k" }, newKey).id).toBe("bob/k")
  })

  test.each(["", "x".repeat(65), "a\nb", "é", "\u007f"])("with the key %j is BAD_USER_INPUT", key => {
    expect(thrown({ ...register("alice"), idempotencyKey: key })).toMatchObject({
      code: "BAD_USER_INPUT",
      message: expect.stringContaining("idempotencyKey: expected 1 to 64 printable ASCII characters"),
    })
  })

  test.each(["x", "~", " ", "x".repeat(64)])("may have the key %j", key => {
    expect(checkRequest({ ...register("alice"), idempotencyKey: key }, newKey).key).toBe(key)
  })

  test("with a wrong input is BAD_USER_INPUT, with every problem at once", () => {
    const input = { playerId: "a/b", amount: 0, reason: "x" }

    expect(thrown({ name: "grantGold", input })).toMatchObject({
      code: "BAD_USER_INPUT",
      message: expect.stringMatching(/^grantGold: playerId: .*got "a\/b"; amount: .*got 0$/),
    })
  })

  test("with a name that no id can be made from is BAD_USER_INPUT", () => {
    expect(thrown(found("alice", "!!!"))).toMatchObject({
      code: "BAD_USER_INPUT",
      message: expect.stringMatching(/name: expected .*a-z A-Z 0-9.*got "!!!"/),
    })
  })
})

describe("the digest of a request", () => {
  const digest = (request: Parameters<typeof checkRequest>[0]) => checkRequest(request, newKey).digest

  test("is the same for the same input, whatever the key", () => {
    expect(digest(buy("alice", "katana"))).toBe(digest({ ...buy("alice", "katana"), idempotencyKey: "k" }))
  })

  test("does not depend on the order of the fields, nor on fields that are not declared", () => {
    const input = { more: 1, region: null, swordType: "katana", playerId: "alice" }

    expect(digest({ name: "buySword", input })).toBe(digest(buy("alice", "katana")))
  })

  test("differs between inputs and between commands", () => {
    const digests = [
      buy("alice", "katana"),
      buy("alice", "katana", "asia"),
      buy("alice", "dagger"),
      grant("alice", 1),
      join("alice", "knights"),
      { name: "leaveGuild", input: join("alice", "knights").input } as const,
    ].map(digest)

    expect(new Set(digests).size).toBe(digests.length)
  })

  test("leaves personal fields out: they must not stay in the log in any form", () => {
    expect(digest(register("alice", { name: "Alice" }))).toBe(digest(register("alice", { name: "Bob" })))
    expect(digest(register("alice", { region: "asia" }))).not.toBe(digest(register("alice")))
  })

  test("is short: 16 characters", () => {
    expect(digest(register("alice"))).toMatch(/^[A-Za-z0-9_-]{16}$/)
  })
})

function thrown(request: Parameters<typeof checkRequest>[0]): unknown {
  try {
    checkRequest(request, newKey)
  } catch (error) {
    if (isFault(error)) return error
    throw error
  }
  throw new Error("expected a fault")
}
