import { describe, expect, it, onTestFinished } from "vitest"
import { startServer } from "../../src/server/server.js"
import { openGame } from "../support/game.js"
import { freePort } from "../support/guildhall.js"
import { realmFolder } from "./support/realmFolder.js"
import { runCli } from "./support/runCli.js"

async function startedGame() {
  const game = await openGame()
  const troubles: string[] = []
  const place = { host: "127.0.0.1", port: 0 }
  const server = await startServer({ ...place, game, logger: game.logger, degraded: () => troubles })
  onTestFinished(async () => {
    await server.close()
    await game.close()
  })
  return { game, troubles, url: `${server.url}/graphql` }
}

describe("guildhall status", () => {
  it("reports what a running server says of itself", async () => {
    const { url } = await startedGame()

    const { code, json } = await runCli(["status", "--url", url, "--json"])

    expect(code).toBe(0)
    expect(json).toMatchObject({
      answeredBy: "server",
      realm: 0,
      head: 1,
      tail: 1,
      engines: { log: "fake log", views: "fake views" },
      ready: true,
    })
  })

  it("reports why a server is not ready", async () => {
    const { game, url } = await startedGame()
    game.reasons = ["views: away"]

    const { code, lines } = await runCli(["status", "--url", url])

    expect(code).toBe(1)
    expect(lines.join("\n")).toMatch(/NOT READY[\s\S]*views: away/)
  })

  it("reports what is wrong with the lake of a server that is ready", async () => {
    const { troubles, url } = await startedGame()
    troubles.push("lander: the lake is away")

    const { code, lines } = await runCli(["status", "--url", url])

    expect(code).toBe(0)
    expect(lines).toContain("degraded  lander: the lake is away")
  })

  it("reads how far the log has landed if no server answers", async () => {
    const url = `http://127.0.0.1:${await freePort()}/graphql`
    const settings = { DATA_DIR: await realmFolder(), LOG_LEVEL: "silent" }
    const before = await runCli(["status", "--url", url, "--json"], settings)
    await runCli(["land", "--once"], settings)

    const { json } = await runCli(["status", "--url", url, "--json"], settings)

    expect(before.json).toMatchObject({ landed: 0 })
    expect(json).toMatchObject({ landed: 3, degraded: [] })
  })

  it("reads the folder if no server answers", async () => {
    const url = `http://127.0.0.1:${await freePort()}/graphql`

    const { code, json, notes } = await runCli(["status", "--url", url, "--json"], {
      DATA_DIR: await realmFolder(),
    })

    expect(code).toBe(1)
    expect(notes).toContain(`${url} does not answer`)
    expect(json).toMatchObject({ answeredBy: "storage", head: 3, tail: null, projected: 3, ready: false })
  })
})
