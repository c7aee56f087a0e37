import { describe, expect, test } from "vitest"
import { dayOf } from "../../src/lake/columns.js"
import { namedValues, rowsOf } from "../../src/lake/rows.js"
import { Chain } from "../log/support/judging.js"
import { bought, founded, registered } from "../support/events.js"

const alice = "player/alice"

/** The rows of a log, as records of the table. */
async function rowsIn(chain: Chain, at?: (offset: number) => number) {
  const judged = await chain.judged(at)
  return judged.flatMap(record => rowsOf(7, record))
}

// Shows R34.
describe("rows", () => {
  test("are the events of effective commits, with their place, both times, and their fields by name", async () => {
    const at = Date.UTC(2024, 4, 1)
    const chain = new Chain().add([alice], [registered("alice"), bought("alice", "dagger", 25)], { at: 5 })

    const rows = await rowsIn(chain, () => at)

    expect(rows.map(namedValues)).toEqual([
      {
        realm: 7,
        log_offset: 1,
        event_index: 0,
        type: "PlayerRegistered",
        player: "alice",
        version: 1,
        appended_at: at,
        written_at: 5,
        region: "eu-west",
        gold: 1000,
        health: 100,
      },
      {
        realm: 7,
        log_offset: 1,
        event_index: 1,
        type: "SwordBought",
        player: "alice",
        version: 1,
        appended_at: at,
        written_at: 5,
        sword_type: "dagger",
        price: 25,
        region: "eu-west",
        guild: null,
      },
    ])
  })

  // Shows R12.
  test("count their index over the whole commit", async () => {
    const commands = [
      { id: "alice/1", digest: "d", events: [registered("alice")] },
      { id: "alice/2", digest: "d", events: [founded("alice", "knights")] },
    ]
    const chain = new Chain().add([alice, "guild/knights"], [], { commands })

    const rows = await rowsIn(chain)

    expect(rows.map(({ event_index, type }) => [event_index, type.name])).toEqual([
      [0, "PlayerRegistered"],
      [1, "GuildFounded"],
    ])
  })

  test("are none for the genesis, garbage, and void commits", async () => {
    const chain = new Chain()
      .add([alice], [registered("alice")])
      .addRival({ [alice]: null }, [registered("alice")])

    expect(await rowsIn(chain.addGarbage())).toHaveLength(1)
  })
})

test.each([
  [Date.UTC(2024, 0, 1), "2024-01-01"],
  [Date.UTC(2024, 0, 1) - 1, "2023-12-31"],
  [Date.UTC(2024, 1, 29, 23, 59, 59, 999), "2024-02-29"],
])("%d is in the UTC day %s", (at, day) => {
  expect(dayOf(at)).toBe(day)
})
