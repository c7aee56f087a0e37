import { describe, expect, test, vi } from "vitest"
import { feedCursor } from "../../src/resolvers/feedCursor.js"
import { newAsking } from "./support/asking.js"

const BUY = `mutation { buySword(input: { playerId: "alice", swordType: "dagger" }) { purchase { id } } }`

/** More than it takes to compile. */
const NOTICES = 12

const IDS = "fragment Id on Player { ...Deeper } fragment Deeper on Player { __typename id }"
const MORE = "fragment More on Player { id ...Gold } fragment Gold on Player { gold }"

/** How often delivering purchases with this selection reads the views, and the last purchase delivered. */
async function delivered(selection: string): Promise<{ readonly reads: number; readonly purchase: unknown }> {
  const { game, ask, subscribe, register } = await newAsking()
  await register("alice")
  for (let n = 0; n < NOTICES; n++) await ask(BUY)
  const after = feedCursor(game.tail.genesis.logId, { offset: 1, index: 0 })
  const fragments = selection.includes("...Id") ? IDS : selection.includes("...More") ? MORE : ""
  const query = `subscription { purchases(after: "${after}") { purchase { ${selection} } } } ${fragments}`
  const notices = await subscribe(query)
  if (!("next" in notices)) throw new Error(JSON.stringify(notices))
  const reading = vi.spyOn(game.stateReader, "read")
  let purchase: unknown = null
  for (let n = 0; n < NOTICES; n++) purchase = (await notices.next()).data.purchases.purchase
  return { reads: reading.mock.calls.length, purchase }
}

describe("the player of a purchase", () => {
  test.each([
    ["player { id }", { player: { id: "alice" } }],
    ["player { name: id }", { player: { name: "alice" } }],
    ["player { __typename ...Id }", { player: { __typename: "Player", id: "alice" } }],
    ["player { ... on Player { id } }", { player: { id: "alice" } }],
    ["player { id } player { __typename }", { player: { id: "alice", __typename: "Player" } }],
  ])("is not read for its id alone: %s", async (selection, expected) => {
    const { reads, purchase } = await delivered(selection)

    expect({ reads, purchase }).toEqual({ reads: 0, purchase: expected })
  })

  test.each([
    ["player { id gold }", { player: { id: "alice", gold: 700 } }],
    ["player { id: gold }", { player: { id: 700 } }],
    ["player { id ...More }", { player: { id: "alice", gold: 700 } }],
    ["player { ... on Player { gold } }", { player: { gold: 700 } }],
    ["player { id } player { gold }", { player: { id: "alice", gold: 700 } }],
  ])("is read for anything more: %s", async (selection, expected) => {
    const { reads, purchase } = await delivered(selection)

    expect(reads).toBeGreaterThan(0)
    expect(purchase).toEqual(expected)
  })
})
