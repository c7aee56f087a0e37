import fc from "fast-check"
import { expect, test } from "vitest"
import { rowsByPlayer, SLICE_ROWS } from "../../src/lander/slicedSort.js"

const noTurn = async () => {}

/** The expected result: sorted all at once. */
function atOnce(players: readonly string[]): number[] {
  const order = players.map((_, row) => row)
  return order.sort((one, other) => {
    const [a = "", b = ""] = [players[one], players[other]]
    return a === b ? one - other : a < b ? -1 : 1
  })
}

test("sorting in slices gives the same order as sorting at once", async () => {
  const player = fc.oneof(fc.constantFrom("alice", "bob", "Zoe"), fc.string({ maxLength: 3 }))
  await fc.assert(
    fc.asyncProperty(fc.array(player, { maxLength: 40 }), fc.nat(3), async (players, times) => {
      const many = Array.from({ length: 1 + times * 60 }, (_, n) =>
        players.map(one => `${one}${n % 7}`),
      ).flat()
      expect(await rowsByPlayer(many, noTurn)).toEqual(atOnce(many))
    }),
    { numRuns: 50 },
  )
})

test("167,000 different players are never handled in one turn: a slice at a time", async () => {
  const players = Array.from({ length: 167_000 }, (_, n) => `player-${(n * 7919) % 167_000}`)
  let turns = 0

  const order = await rowsByPlayer(players, async () => {
    turns += 1
  })

  expect(order.slice(0, 3).map(row => players[row])).toEqual(["player-0", "player-1", "player-10"])
  // Grouped, sorted by slices, merged in seven passes, put in order.
  expect(turns).toBeGreaterThan((9 * players.length) / SLICE_ROWS)
})

test("few rows need no pause", async () => {
  const order = await rowsByPlayer(["bob", "alice", "bob"], async () => {
    throw new Error("a turn")
  })

  expect(order).toEqual([1, 0, 2])
})
