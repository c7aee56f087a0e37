import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest"
import { temporaryFolder } from "../support/folder.js"
import { ask, freePort, Guildhall } from "../support/guildhall.js"
import { buildExtended } from "./support/extendedBuild.js"

/** A copy of the project, changed as docs/extending.md says. */
let copy: string
let main: string

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "guildhall-extended-"))
  main = await buildExtended(copy)
}, 300_000)

afterAll(() => rm(copy, { recursive: true }))

const REGISTER =
  'mutation { registerPlayer(input: { playerId: "alice", name: "A", region: "eu" }) { refusal { code } } }'
const BUY = `mutation { buySword(input: { playerId: "alice", swordType: "trident" }) { purchase { price } } }`
const ALICE = '{ player(id: "alice") { health gold } }'

function drink(healthGained: number): string {
  return `mutation { drinkPotion(input: { playerId: "alice", healthGained: ${healthGained} }) {
    refusal { code } player { health } } }`
}

function grant(amount: number, reason: string): string {
  return `mutation { grantGold(input: { playerId: "alice", amount: ${amount}, reason: "${reason}" }) {
    refusal { code } } }`
}

test("the schema has the mutation with the limits of its input, and the event", async () => {
  const { code } = await Guildhall.run(["schema"], {}, { main })

  expect(code).toBe(0)
  const schema = await readFile(join(copy, "schema/schema.graphql"), "utf8")
  expect(schema).toContain('"""A potion heals."""\n  drinkPotion(input: DrinkPotionInput!): PlayerPayload')
  expect(schema).toContain('input DrinkPotionInput {\n  """1 to 100."""\n  healthGained: Int!\n')
  const event = JSON.parse(await readFile(join(copy, "schema/events/PotionDrunk.v1.json"), "utf8"))
  expect(event.properties.data.properties.healthGained).toMatchObject({ minimum: 1, maximum: 100 })
})

test("a potion and the sword are checked, recorded, in the views, the lake and the SQL view", async () => {
  const settings = { DATA_DIR: await temporaryFolder(), PORT: await freePort(), LAND_WITHIN: "60s" }
  const server = await Guildhall.serve(settings, [], { main })
  onTestFinished(() => server.kill9())
  const play = (query: string) => ask(server.url, query)

  expect(await play(drink(7))).toMatchObject({
    data: { drinkPotion: { refusal: { code: "PLAYER_NOT_FOUND" } } },
  })
  await play(REGISTER)
  const { errors } = await play(drink(101))
  expect(errors?.[0]).toMatchObject({
    message: "drinkPotion: healthGained: expected a whole number from 1 to 100, got 101",
  })
  expect(await play(drink(7))).toMatchObject({ data: { drinkPotion: { player: { health: 107 } } } })
  expect(await play(BUY)).toMatchObject({ data: { buySword: { purchase: { price: 350 } } } })
  expect(await play(ALICE)).toMatchObject({ data: { player: { health: 107, gold: 650 } } })
  await server.stop()

  const run = (...args: string[]) => Guildhall.run(args, settings, { main })
  expect((await run("land", "--once")).code).toBe(0)
  const query = "SELECT player, health_gained FROM potions_drunk"
  expect((await run("sql", "--format", "csv", query)).output).toContain("alice,7\n")
  expect((await run("audit")).output).toContain("audit      the log is sound")
}, 300_000)

test("a report is asked for over what has landed and what has not", async () => {
  const settings = { DATA_DIR: await temporaryFolder(), PORT: await freePort(), ROLES: "api,projector" }
  const first = await Guildhall.serve(settings, [], { main })
  onTestFinished(() => first.kill9())
  await ask(first.url, REGISTER)
  await ask(first.url, grant(20, "a quest"))
  await ask(first.url, grant(30, "a feast"))
  await first.stop()
  expect((await Guildhall.run(["land", "--once"], settings, { main })).code).toBe(0)

  const second = await Guildhall.serve(settings, [], { main })
  onTestFinished(() => second.kill9())
  const before: { data?: { grants?: object } } = await ask(second.url, "{ grants { landedThrough through } }")
  const { landedThrough, through } = { landedThrough: "", through: "", ...before.data?.grants }
  expect(through).toMatch(/./)
  expect(landedThrough).toBe(through)
  await ask(second.url, grant(7, "a quest"))

  expect(
    await ask(
      second.url,
      `{ grants { landedThrough through live rows { reason grants gold } }
        none: grants(to: "1970-01-02T00:00:00Z") { rows { reason } } }`,
    ),
  ).toEqual({
    data: {
      grants: {
        ...{ landedThrough, through: expect.not.stringContaining(through), live: true },
        rows: [
          { reason: "a feast", grants: 1, gold: 30 },
          { reason: "a quest", grants: 2, gold: 27 },
        ],
      },
      none: { rows: [] },
    },
  })
}, 300_000)
