import { describe, expect, test } from "vitest"
import { findOperation } from "../../web/src/operation.js"
import { Resumption } from "../../web/src/resumption.js"

const RESUMABLE = "subscription Live($after: Cursor, $id: ID) { purchases(after: $after) { cursor } }"
const NOT_RESUMABLE = "subscription Live($id: ID) { purchases { cursor } }"

function resumption(query: string, variables: Record<string, unknown> | null): Resumption {
  const operation = findOperation(query)
  if (operation === null) throw new Error("no operation")
  return new Resumption(operation, { query, variables })
}

/** What goes over the socket. */
const sent = ({ payload }: Resumption) => JSON.parse(JSON.stringify(payload))

describe("a subscription that is sent again", () => {
  test("begins as requested", () => {
    const asked = { id: "alice", after: "given" }
    expect(sent(resumption(RESUMABLE, asked))).toEqual({ query: RESUMABLE, variables: asked })
    expect(sent(resumption(RESUMABLE, null)).variables).toBeNull()
  })

  test("resumes after the last notice received", () => {
    const resumed = resumption(RESUMABLE, { id: "alice", after: "given" })
    resumed.saw({ purchases: { cursor: "first" } })
    resumed.saw({ purchases: { cursor: "second" } })
    expect(sent(resumed).variables).toEqual({ id: "alice", after: "second" })
  })

  test("resumes under another response name", () => {
    const resumed = resumption(RESUMABLE, null)
    resumed.saw({ mine: { cursor: "there", purchase: null } })
    expect(sent(resumed).variables).toEqual({ after: "there" })
  })

  test.each([null, undefined, {}, { purchases: null }, { purchases: { cursor: 5 } }])(
    "takes nothing else for a place: %j",
    data => {
      const resumed = resumption(RESUMABLE, null)
      resumed.saw({ purchases: { cursor: "good" } })
      resumed.saw(data)
      expect(sent(resumed).variables).toEqual({ after: "good" })
    },
  )

  test("starts from now if it has no variable for the cursor", () => {
    const resumed = resumption(NOT_RESUMABLE, { id: "alice" })
    resumed.saw({ purchases: { cursor: "first" } })
    expect(sent(resumed).variables).toEqual({ id: "alice" })
  })
})
