import { describe, expect, it, onTestFinished } from "vitest"
import { startServer } from "../../src/server/server.js"
import { openGame } from "../support/game.js"
import { freePort } from "../support/guildhall.js"
import { realmFolder } from "./support/realmFolder.js"
import { runCli } from "./support/runCli.js"

async function startedGame() {
  const game = await openGame()
  const server = await startServer({ host: "127.0.0.1", port: 0, game, logger: game.logger })
  onTestFinished(async () => {
    await server.close()
    await game.close()
  })
  return { game, url: `${server.url}/graphql` }
}

describe("guildhall status", () => {
  it("tells what a running server says of itself", async () => {
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

  it("tells why a server is not ready", async () => {
    const { game, url } = await startedGame()
    game.reasons = ["views: away"]

    const { code, lines } = await runCli(["status", "--url", url])

    expect(code).toBe(1)
    expect(lines.join("\n")).toMatch(/NOT READY[\s\S]*views: away/)
  })

  it("reads the folder where no server answers", async () => {
    const url = `http://127.0.0.1:${await freePort()}/graphql`

    const { code, json, notes } = await runCli(["status", "--url", url, "--json"], {
      DATA_DIR: await realmFolder(),
    })

    expect(code).toBe(1)
    expect(notes).toContain(`${url} does not answer`)
    expect(json).toMatchObject({ answeredBy: "storage", head: 3, tail: null, projected: 3, ready: false })
  })
})
