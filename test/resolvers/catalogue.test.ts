import { afterAll, beforeAll, expect, test } from "vitest"
import { Database } from "../../src/adapters/duckdb/database.js"
import { newCatalogue } from "../../src/domain/catalogue.js"
import { type Asking, askingOf, newAsking } from "./support/asking.js"

let database: Database
beforeAll(async () => {
  database = await Database.open()
})
afterAll(() => database.close())

/** A game's own: it has a dearer dagger, and no katana. */
const catalogue = newCatalogue({
  swords: [
    { type: "sabre", name: "Sabre", price: 500, power: 30 },
    { type: "dagger", name: "Sharp Dagger", price: 40, power: 3 },
  ],
  monsters: [{ type: "kraken", name: "Kraken", strength: 70, gold: 900 }],
})

const buy = ({ ask }: Asking, swordType: string) =>
  ask(
    `mutation ($swordType: String!) { buySword(input: { playerId: "alice", swordType: $swordType }) {
      purchase { price } refusal { code }
    } }`,
    { swordType },
  )

test("a game's own catalogue is what is sold and shown, cheapest first", async () => {
  const asking = await newAsking({ catalogue })
  await asking.register("alice")

  const dagger = await buy(asking, "dagger")
  const katana = await buy(asking, "katana")
  const { data } = await asking.ask("{ swords { type price } monsters { type name strength gold } }")

  expect(dagger.data.buySword).toEqual({ purchase: { price: 40 }, refusal: null })
  expect(katana.data.buySword).toEqual({ purchase: null, refusal: { code: "UNKNOWN_SWORD" } })
  expect(data.swords).toEqual([
    { type: "dagger", price: 40 },
    { type: "sabre", price: 500 },
  ])
  expect(data.monsters).toEqual(catalogue.monsters)
})

test("a change of the catalogue changes no history; what has left it is shown by its type", async () => {
  const asking = await newAsking({ database })
  await asking.register("alice")
  await buy(asking, "katana")
  await buy(asking, "dagger")
  await asking.game.land()

  const { data } = await askingOf({ ...asking.game, catalogue }).ask(`{
    player(id: "alice") {
      gold
      inventory { sword { type name price power } count }
      purchases { edges { node { price sword { name price } } } }
    }
    purchases { edges { node { price sword { name price } } } }
    sales(by: [SWORD]) { rows { sword { name power } revenue } }
  }`)

  const bought = [
    { node: { price: 25, sword: { name: "Sharp Dagger", price: 40 } } },
    { node: { price: 150, sword: { name: "katana", price: 0 } } },
  ]
  expect(data).toEqual({
    player: {
      gold: 825,
      inventory: [
        { sword: { type: "katana", name: "katana", price: 0, power: 0 }, count: 1 },
        { sword: { type: "dagger", name: "Sharp Dagger", price: 40, power: 3 }, count: 1 },
      ],
      purchases: { edges: bought },
    },
    purchases: { edges: bought },
    sales: {
      rows: [
        { sword: { name: "Sharp Dagger", power: 3 }, revenue: 25 },
        { sword: { name: "katana", power: 0 }, revenue: 150 },
      ],
    },
  })
})
