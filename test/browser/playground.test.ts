import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest"
import { ask, freePort, Guildhall } from "../support/guildhall.js"
import { Cable } from "./support/cable.js"
import { startChromium } from "./support/chromium.js"
import { Visit } from "./support/visit.js"

/** Asked in the page. */
const BACKGROUND = 'getComputedStyle(document.querySelector(".graphiql-container")).backgroundColor'

let folder: string
let server: Guildhall
let browser: Browser

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "guildhall-"))
  server = await Guildhall.serve({ DATA_DIR: folder, PORT: await freePort(), LOG_LEVEL: "warn" })
  await Guildhall.run(["demo", "--url", server.url])
  browser = await startChromium()
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Buys by another client, and returns the purchase's id. */
async function buyElsewhere(playerId: string): Promise<string> {
  const query = `mutation { buySword(input: { playerId: "${playerId}", swordType: "dagger" }) { purchase { id } } }`
  const answer = await ask(server.url, query)
  const { purchase } = (answer.data?.buySword ?? {}) as { purchase?: { id: string } }
  if (!purchase) throw new Error(`nothing was bought: ${JSON.stringify(answer)}`)
  return purchase.id
}

/** Waits until a subscription listens: its first notice is without content. */
async function listening(visit: Visit): Promise<void> {
  await expect.poll(() => visit.shown()).toContain('"purchase": null')
}

describe("the playground with the network off", () => {
  test("runs its examples in order on the demo world, the subscription live", async () => {
    const visit = await Visit.begin(browser, server.origin)
    expect(await visit.page.title()).toBe("Guildhall playground")

    expect((await visit.run("Swords")).data.swords).toHaveLength(10)
    await expect.poll(() => visit.shown()).toContain('"name": "Wooden Sword"')

    const registered = await visit.run("Register")
    expect(registered.data.registerPlayer).toMatchObject({
      player: { gold: 1000 },
      refusal: null,
      replayed: false,
    })
    expect((await visit.run("Register")).data.registerPlayer.replayed).toBe(true)
    const bought = await visit.run("Buy")
    expect(bought.data.buySword).toMatchObject({ player: { gold: 850 }, refusal: null })

    await visit.open("Purchases")
    await visit.press()
    await listening(visit)
    const elsewhere = await buyElsewhere("bob")
    await expect.poll(() => visit.shown()).toContain('"name": "Bob"')
    await visit.page.getByRole("button", { name: /^Buy a dagger as alice/ }).click()
    await expect.poll(() => visit.shown()).toContain('"name": "Alice"')
    expect(visit.noticed).toEqual([elsewhere, expect.any(String)])
    await visit.screenshot("desktop")

    const joined = await visit.run("Join")
    expect(joined.data.joinGuild).toMatchObject({ player: { guild: { name: "Night Watch" } }, refusal: null })
    const { fightMonster } = (await visit.run("Fight")).data
    expect(fightMonster).toMatchObject({
      fight: { won: true, goldWon: 30, healthLost: 5 },
      player: { gold: 880, health: 95 },
    })
    expect((await visit.run("Rest")).data.rest.player).toEqual({ health: 100 })
    expect((await visit.run("Gift")).data.gift).toMatchObject({ from: { gold: 830 }, refusal: null })
    const { offerTrade } = (await visit.run("Offer")).data
    expect(offerTrade).toMatchObject({ trade: { state: "OPEN" }, refusal: null })
    // Their trade is for the reader to put in.
    for (const [tab, field] of [
      ["Accept", "acceptTrade"],
      ["Withdraw", "withdrawTrade"],
    ] as const) {
      const { data } = await visit.run(tab)
      expect(data[field]).toMatchObject({ trade: null, refusal: { code: "TRADE_NOT_FOUND" } })
    }
    const { player } = (await visit.run("Hero")).data
    expect(player).toMatchObject({ name: "Hero", gold: 830, guild: { name: "Night Watch" } })
    expect(player.trades).toEqual([{ id: offerTrade.trade.id, to: { name: "Bob" }, wants: { gold: 200 } }])
    const { sellSword } = (await visit.run("Sell")).data
    expect(sellSword).toMatchObject({ player: { gold: 905, inventory: [] }, refusal: null })
    await visit.screenshot("market")
    expect((await visit.run("Guilds")).data.guilds.edges).toHaveLength(3)
    expect((await visit.run("Leaders")).data.big).toHaveLength(3)
    // Four of the demo world's, and the one bought above.
    const { rows } = (await visit.run("Sales")).data.sales
    expect(rows).toContainEqual({ sword: { name: "Katana" }, purchases: 5, revenue: 750 })
    expect((await visit.run("Status")).data.status.ready).toBe(true)

    expect(visit.outside).toEqual([])
    expect(visit.errors).toEqual([])
  })

  test("resumes after a cut without a gap", async () => {
    const cable = await Cable.to(Number(server.settings.PORT))
    onTestFinished(() => cable.close())
    const visit = await Visit.begin(browser, cable.origin)
    await visit.open("Purchases")
    await visit.press()
    await listening(visit)
    const before = await buyElsewhere("carol")
    await expect.poll(() => visit.noticed).toEqual([before])

    cable.cut()
    const missed = [await buyElsewhere("dave"), await buyElsewhere("erin")]
    cable.mend()
    await expect.poll(() => visit.noticed, { timeout: 20_000 }).toEqual([before, ...missed])
    const after = await buyElsewhere("carol")
    await expect.poll(() => visit.noticed).toEqual([before, ...missed, after])
    expect(visit.outside).toEqual([])
  })

  test("shows that the connection is lost, and keeps the last purchase visible", async () => {
    const cable = await Cable.to(Number(server.settings.PORT))
    onTestFinished(() => cable.close())
    const visit = await Visit.begin(browser, cable.origin)
    const note = visit.page.getByText("Connection lost, reconnecting…")
    await visit.open("Purchases")
    await visit.press()
    await listening(visit)
    await buyElsewhere("carol")
    await expect.poll(() => visit.shown()).toContain('"name": "Carol"')
    expect(await note.isVisible()).toBe(false)

    cable.cut()
    await expect.poll(() => note.isVisible()).toBe(true)
    await visit.screenshot("lost")
    const heartbeats = visit.heartbeats
    cable.mend()

    // On its new socket the subscription begins with a heartbeat.
    await expect.poll(() => visit.heartbeats, { timeout: 20_000 }).toBeGreaterThan(heartbeats)
    await expect.poll(() => note.isVisible()).toBe(false)
    expect(await visit.shown()).toContain('"name": "Carol"')
    await buyElsewhere("dave")
    await expect.poll(() => visit.shown()).toContain('"name": "Dave"')
  })

  test("says that the server is not reached", async () => {
    const cable = await Cable.to(Number(server.settings.PORT))
    onTestFinished(() => cable.close())
    const visit = await Visit.begin(browser, cable.origin)
    await visit.open("Status")
    cable.cut()
    await visit.press()
    await expect.poll(() => visit.shown()).toContain("Failed to fetch")
  })

  test("is dark if the system is", async () => {
    const colours: string[] = []
    for (const colorScheme of ["light", "dark"] as const) {
      const visit = await Visit.begin(browser, server.origin, { colorScheme })
      colours.push(await visit.page.evaluate<string>(BACKGROUND))
      await visit.screenshot(colorScheme)
    }
    expect(colours).toEqual(["rgb(255, 255, 255)", "rgb(33, 42, 59)"])
  })
})

describe("the playground on a phone", () => {
  const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

  test("has the answer below the query, both as wide as the screen", async () => {
    const visit = await Visit.begin(browser, server.origin, phone)
    await visit.open("Purchases")
    await visit.press()
    await listening(visit)
    await buyElsewhere("frank")
    await expect.poll(() => visit.shown()).toContain('"name": "Frank"')
    await visit.screenshot("phone")

    const [question, answer] = await Promise.all(
      [".graphiql-editors", ".graphiql-response"].map(name => visit.page.locator(name).boundingBox()),
    )
    expect(question?.width).toBeGreaterThan(300)
    expect(answer?.width).toBeGreaterThan(300)
    expect(answer?.y).toBeGreaterThanOrEqual((question?.y ?? 0) + (question?.height ?? 0))
    const [text, toolbar] = await Promise.all(
      [".graphiql-query-editor > .graphiql-editor", ".graphiql-toolbar"].map(name =>
        visit.page.locator(name).boundingBox(),
      ),
    )
    expect(text?.width).toBeGreaterThan(300)
    expect(text?.height).toBeGreaterThan(150)
    expect(toolbar?.y).toBeGreaterThanOrEqual((text?.y ?? 0) + (text?.height ?? 0))
    const width = await visit.page.evaluate<number>("document.documentElement.scrollWidth")
    expect(width).toBe(390)
    expect(visit.errors).toEqual([])
  })

  test("shows the documentation over both, and puts it away", async () => {
    const visit = await Visit.begin(browser, server.origin, phone)
    await visit.page.getByRole("button", { name: "Show Documentation Explorer" }).click()
    const plugin = visit.page.locator(".graphiql-plugin")
    await expect.poll(async () => (await plugin.boundingBox())?.width).toBeGreaterThan(300)
    await expect.poll(() => plugin.textContent()).toContain("Subscription")
    await visit.screenshot("phone-documentation")

    await visit.page.getByRole("button", { name: "Hide Documentation Explorer" }).click()
    expect((await visit.run("Status")).data.status.ready).toBe(true)
  })
})
