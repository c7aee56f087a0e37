import { expect, test } from "vitest"
import { foldPurchases, NO_PURCHASES, type Purchases, RECENT_MAX } from "../../src/projections/purchases.js"
import { Chain } from "../log/support/judging.js"
import { bought, registered } from "../support/events.js"

const alice = "player/alice"
const bob = "player/bob"

test("a player's purchases are the last 20, newest first, and the count of all", async () => {
  const chain = new Chain().add([alice], [registered("alice")])
  for (let price = 1; price <= 25; price++) chain.add([alice], [bought("alice", "dagger", price)])

  const { count, recent } = await purchases(chain)

  expect(count).toBe(25)
  expect(recent.map(({ price }) => price)).toEqual(Array.from({ length: RECENT_MAX }, (_, i) => 25 - i))
})

test("a purchase has its event's id, its time, its region and the guild of that time", async () => {
  const chain = new Chain().add([alice], [registered("alice"), bought("alice", "katana", 150, "knights")])

  const { recent } = await purchases(chain, offset => 7000 + offset)

  expect(recent).toEqual([
    { id: "1-1", swordType: "katana", price: 150, region: "eu-west", guild: "knights", at: 7001 },
  ])
})

test("several purchases of one commit are in order, and others' are not among them", async () => {
  const events = [bought("alice", "dagger", 1), bought("bob", "dagger", 2), bought("alice", "dagger", 3)]
  const chain = new Chain().add([alice, bob], events)

  const { recent } = await purchases(chain)

  expect(recent.map(({ id, price }) => [id, price])).toEqual([
    ["1-2", 3],
    ["1-0", 1],
  ])
})

test("what did not happen is not a purchase, and leaves the same object", async () => {
  const chain = new Chain().addGarbage().add([bob], [bought("bob", "dagger", 1)])
  chain.add([alice], [registered("alice")]).addRival({ [alice]: null }, [bought("alice", "dagger", 1)])
  const before: Purchases = { count: 3, recent: [] }

  for (const record of await chain.judged()) expect(foldPurchases("alice", before, record)).toBe(before)
})

async function purchases(chain: Chain, at?: (offset: number) => number): Promise<Purchases> {
  const judged = await chain.judged(at)
  return judged.reduce((sum, record) => foldPurchases("alice", sum, record), NO_PURCHASES)
}
