import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import { temporaryFolder } from "../support/folder.js"
import { ask, freePort, Guildhall } from "../support/guildhall.js"

const EXAMPLE = "docs/catalogue.example.json"

const REGISTER =
  'mutation { registerPlayer(input: { playerId: "anne", name: "Anne", region: "tortuga" }) { refusal { code } } }'
const BUY = `mutation {
  buySword(input: { playerId: "anne", swordType: "cutlass" }) { purchase { price } refusal { code } }
}`
const SELL = `mutation {
  sellSword(input: { playerId: "anne", swordType: "cutlass" }) {
    player { gold inventory { count } }
    refusal { code }
  }
}`
const SEEN = `{
  swords { type }
  player(id: "anne") {
    gold
    inventory { sword { type name price power } count }
    purchases { edges { node { price } } }
  }
  sales(by: [SWORD]) { rows { sword { name } revenue } }
}`

test("a server plays its own catalogue; after a restart with another, history is as it was", async () => {
  const settings = { DATA_DIR: await temporaryFolder(), PORT: await freePort() }
  const first = await Guildhall.serve({ ...settings, CATALOGUE: EXAMPLE }, ["--demo"])
  await ask(first.url, REGISTER)
  expect(await ask(first.url, BUY)).toMatchObject({
    data: { buySword: { purchase: { price: 250 }, refusal: null } },
  })
  await expect.poll(() => first.output).toContain("catalogue 4 swords and 3 monsters, by CATALOGUE")
  expect(first.output).toContain("boarding-axe")
  const demo = await ask(first.url, '{ player(id: "niaj") { inventory { sword { type } count } } }')
  expect(demo.data).toEqual({ player: { inventory: [{ sword: { type: "boarding-axe" }, count: 1 }] } })
  expect(await first.stop()).toBe(0)

  const other = join(await temporaryFolder(), "other.json")
  const saber = { type: "saber", name: "Saber", price: 7, power: 1 }
  await writeFile(other, JSON.stringify({ swords: [saber], monsters: [] }))
  const second = await Guildhall.serve({ ...settings, CATALOGUE: other })
  const { data, errors } = await ask(second.url, SEEN)

  expect(errors).toBeUndefined()
  expect(data).toMatchObject({
    swords: [{ type: "saber" }],
    player: {
      gold: 750,
      inventory: [{ sword: { type: "cutlass", name: "cutlass", price: 0, power: 0 }, count: 1 }],
      purchases: { edges: [{ node: { price: 250 } }] },
    },
  })
  expect(data?.sales).toMatchObject({
    rows: expect.arrayContaining([{ sword: { name: "cutlass" }, revenue: expect.any(Number) }]),
  })
  expect(await ask(second.url, BUY)).toMatchObject({
    data: { buySword: { purchase: null, refusal: { code: "UNKNOWN_SWORD" } } },
  })
  // At half of what was paid, as the catalogue no longer lists it.
  expect(await ask(second.url, SELL)).toMatchObject({
    data: { sellSword: { player: { gold: 875, inventory: [] }, refusal: null } },
  })
  expect(await second.stop()).toBe(0)
})

test("a server does not start with a wrong catalogue, and doctor says why too", async () => {
  const path = join(await temporaryFolder(), "wrong.json")
  const katana = { type: "katana", name: "Katana", price: -150, power: 9 }
  await writeFile(path, JSON.stringify({ swords: [katana, katana], monsters: [] }))
  const settings = { DATA_DIR: await temporaryFolder(), CATALOGUE: path }

  for (const command of ["serve", "doctor"]) {
    const { code, output } = await Guildhall.run([command], settings)

    expect(code).toBe(2)
    expect(output).toMatch(
      /swords\[0\]\.price: expected .*, got -150\n.*swords\[1\]\.price.*\n.*swords\[1\]\.type/,
    )
    expect(output).not.toContain("    at ")
  }
})
