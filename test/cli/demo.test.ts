import { expect, it, onTestFinished } from "vitest"
import { builtInCatalogue, newCatalogue } from "../../src/domain/catalogue.js"
import { startServer } from "../../src/server/server.js"
import { openGame } from "../support/game.js"
import { freePort } from "../support/guildhall.js"
import { honest, startLyingServer } from "./support/lyingServer.js"
import { runCli, STACK } from "./support/runCli.js"

async function ask(url: string, query: string): Promise<unknown> {
  const headers = { "content-type": "application/json" }
  return (await fetch(url, { method: "POST", headers, body: JSON.stringify({ query }) })).json()
}

/** In the middle of the purchases: registrations, gifts of gold and guilds take the first 34 steps. */
const CUT_AT = 60

const HEAD = "{ status { head } guilds { edges { node { id memberCount } } } }"

it("makes a small world, and a second call changes nothing", async () => {
  const url = await startLyingServer(honest)
  expect(await runCli(["demo", "--url", url])).toMatchObject({ code: 0 })
  const first = await ask(url, HEAD)
  expect(first).toMatchObject({ data: { guilds: { edges: { length: 3 } } } })

  expect(await runCli(["demo", "--url", url])).toMatchObject({ code: 0 })

  expect(await ask(url, HEAD)).toEqual(first)
})

const dear = { type: "excalibur", name: "Excalibur", price: 1_000_000, power: 50 }
const rat = { type: "rat", name: "Giant Rat", strength: 2, gold: 5 }

it.each([
  { what: "no monsters", swords: builtInCatalogue.swords, monsters: [] },
  { what: "swords that nobody can pay for", swords: [dear], monsters: [rat] },
  { what: "no swords", swords: [], monsters: [rat] },
])("is made as far as a catalogue allows that has $what", async ({ swords, monsters }) => {
  const game = await openGame({ catalogue: newCatalogue({ swords, monsters }) })
  const server = await startServer({ host: "127.0.0.1", port: 0, game, logger: game.logger })
  onTestFinished(async () => {
    await server.close()
    await game.close()
  })
  const url = `${server.url}/graphql`

  expect(await runCli(["demo", "--url", url])).toMatchObject({ code: 0, notes: "" })

  expect(await ask(url, HEAD)).toMatchObject({ data: { guilds: { edges: { length: 3 } } } })
})

it("is found there by a second call, also once the server has forgotten its keys", async () => {
  let forgotten = false
  const url = await startLyingServer((asked, forward) => {
    const { input } = asked.variables
    if (!forgotten || input === undefined) return forward(asked)
    const idempotencyKey = `again-${input.idempotencyKey}`
    return forward({ ...asked, variables: { input: { ...input, idempotencyKey } } })
  })
  await runCli(["demo", "--url", url])
  const first = await ask(url, HEAD)
  forgotten = true

  expect(await runCli(["demo", "--url", url])).toMatchObject({ code: 0 })

  expect(await ask(url, HEAD)).toEqual(first)
})

it("is finished by a second call after it was interrupted", async () => {
  let steps = 0
  const url = await startLyingServer((asked, forward) => {
    const isStep = asked.query.startsWith("mutation")
    if (isStep) steps += 1
    return isStep && steps === CUT_AT ? Promise.resolve(undefined) : forward(asked)
  })
  const cut = await runCli(["demo", "--url", url])
  expect(cut.code).toBe(1)

  expect(await runCli(["demo", "--url", url])).toMatchObject({ code: 0, notes: "" })

  const world = await ask(url, '{ player(id: "alice") { gold purchases { edges { node { price } } } } }')
  // 1000 at the start and 4000 granted, less the price of four swords: nothing happened twice.
  const { gold, purchases } = (world as { data: { player: World } }).data.player
  const prices = purchases.edges.map(({ node }) => node.price)
  expect(prices).toHaveLength(4)
  expect(gold).toBe(5000 - prices.reduce((sum, price) => sum + price, 0))
})

interface World {
  readonly gold: number
  readonly purchases: { readonly edges: readonly { readonly node: { readonly price: number } }[] }
}

it("says without a stack that no server answers", async () => {
  const { code, notes } = await runCli(["demo", "--url", `http://127.0.0.1:${await freePort()}/graphql`])

  expect(code).toBe(1)
  expect(notes).toContain("does not answer")
  expect(notes).not.toMatch(STACK)
})
