import { describe, expect, it, onTestFinished } from "vitest"
import { startServer } from "../../src/server/server.js"
import { startChild } from "../support/child.js"
import { openGame, type TestGame } from "../support/game.js"
import { freePort } from "../support/guildhall.js"
import { runCli, STACK } from "./support/runCli.js"
import { faultOf, type Subscribed, startScriptedServer } from "./support/scriptedServer.js"

const MAIN = new URL("../../src/main.ts", import.meta.url)

async function startedGame(): Promise<{ readonly game: TestGame; readonly url: string }> {
  const game = await openGame()
  const server = await startServer({ host: "127.0.0.1", port: 0, game, logger: game.logger })
  onTestFinished(async () => {
    await server.close()
    await game.close()
  })
  for (const playerId of ["alice", "bob"]) {
    await game.commands.execute({ name: "registerPlayer", input: { playerId, name: playerId, region: "eu" } })
  }
  const input = { founderId: "bob", name: "Knights", capacity: 5 }
  await game.commands.execute({ name: "foundGuild", input })
  return { game, url: `${server.url}/graphql` }
}

/** Resolves once this many listen. */
async function buy(game: TestGame, playerId: string, swordType: string, region = "eu"): Promise<void> {
  await expect.poll(() => game.feed.size).toBe(1)
  await game.commands.execute({ name: "buySword", input: { playerId, swordType, region } })
}

describe("guildhall watch", () => {
  it("shows each purchase in a line, and ends after --count", async () => {
    const { game, url } = await startedGame()
    const watching = runCli(["watch", "--url", url, "--count", "2"])

    await buy(game, "alice", "dagger")
    await buy(game, "bob", "rapier", "us")

    const { code, lines } = await watching
    expect(code).toBe(0)
    expect(lines).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d {2}alice +dagger +25 {2}eu +-$/),
      expect.stringMatching(/^\d\d:\d\d:\d\d {2}bob +rapier +220 {2}us +knights$/),
    ])
  })

  it("prints each as a line of JSON", async () => {
    const { game, url } = await startedGame()
    const watching = runCli(["watch", "--url", url, "--count", "1", "--json"])

    await buy(game, "bob", "dagger")

    const { lines } = await watching
    expect(JSON.parse(lines.join("\n"))).toEqual({
      id: expect.stringMatching(/^\d+-0$/),
      purchasedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      playerId: "bob",
      swordType: "dagger",
      price: 25,
      region: "eu",
      guildId: "knights",
      cursor: expect.any(String),
    })
  })

  it.each([
    [["--player", "bob"], "bob"],
    [["--region", "us"], "us"],
    [["--sword", "rapier"], "rapier"],
    [["--guild", "knights"], "knights"],
  ])("only what is wanted: %j", async (filter, expected) => {
    const { game, url } = await startedGame()
    const watching = runCli(["watch", "--url", url, "--count", "1", ...filter])

    await buy(game, "alice", "dagger")
    await buy(game, "bob", "rapier", "us")

    const { lines } = await watching
    expect(lines).toEqual([expect.stringContaining(expected)])
  })

  it("goes on after what it has shown when the server is lost, and says so on standard error", async () => {
    const { url, afters } = await startScriptedServer([
      subscribed => {
        subscribed.notice(bought("1-0"))
        subscribed.socket.terminate()
      },
      subscribed => subscribed.notice(bought("2-0")),
    ])

    const { code, lines, notes } = await runCli(["watch", "--url", url, "--count", "2", "--json"])

    expect(code).toBe(0)
    expect(lines.map(line => JSON.parse(line).id)).toEqual(["1-0", "2-0"])
    expect(afters).toEqual([null, "after 1-0"])
    expect(notes).toContain(`${url}: the socket closed with 1006; reconnecting`)
    expect(notes).toContain(`connected again: ${url}`)
  })

  it("says that some were missed, and goes on from now", async () => {
    const { url, afters } = await startScriptedServer([
      subscribed => {
        subscribed.notice(bought("1-0"))
        subscribed.errors(faultOf("CURSOR_TOO_OLD", false))
      },
      subscribed => subscribed.notice(bought("9-0")),
    ])

    const { lines, notes } = await runCli(["watch", "--url", url, "--count", "2"])

    expect(lines).toHaveLength(2)
    expect(afters).toEqual([null, null])
    expect(notes).toContain("some purchases were missed; continuing from now")
  })

  it("shows nothing that a terminal would obey", async () => {
    const hostile = ({ notice }: Subscribed) => notice(bought("1-0", "a\u001b[2J\nb\u202e"))
    const { url } = await startScriptedServer([hostile])

    const { lines } = await runCli(["watch", "--url", url, "--count", "1"])

    expect(lines).toHaveLength(1)
    expect(lines.join()).not.toMatch(/[\p{Cc}\u202e]/u)
  })

  it("says what was wrong with a filter", async () => {
    const { url } = await startedGame()

    const { code, notes } = await runCli(["watch", "--url", url, "--sword", "no sword"])

    expect(code).toBe(1)
    expect(notes).toMatch(/BAD_USER_INPUT: filter.swordType: expected .*, got "no sword"/)
    expect(notes).not.toMatch(STACK)
  })

  it("says that there is no server; by default it tries this PORT", async () => {
    const PORT = await freePort()

    const { code, notes } = await runCli(["watch", "--within", "200ms"], { PORT })

    expect(code).toBe(1)
    expect(notes).toContain(`http://127.0.0.1:${PORT}/graphql: connect ECONNREFUSED`)
    expect(notes).not.toMatch(STACK)
  })
})

describe("the process of guildhall watch ends well", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("by %s", async signal => {
    const { url } = await startScriptedServer([({ notice }) => notice(bought("1-0"))])
    const child = startChild(MAIN, ["watch", "--url", url])
    await child.line(line => line.includes("alice"))

    child.process.kill(signal)

    expect(await child.ended).toEqual({ code: 0, signal: null })
  })

  it("when nobody reads its output any more", async () => {
    let tellMore = () => {}
    const { url } = await startScriptedServer([
      ({ notice }) => {
        notice(bought("1-0"))
        tellMore = () => notice(bought("2-0"))
      },
    ])
    const child = startChild(MAIN, ["watch", "--url", url])
    await child.line(line => line.includes("alice"))

    child.process.stdout.destroy()
    tellMore()

    expect(await child.ended).toEqual({ code: 0, signal: null })
  })
})

function bought(id: string, player = "alice"): object {
  const purchase = {
    ...{ id, purchasedAt: "2026-11-24T12:30:05.000Z", price: 25, region: "eu", guildId: null },
    ...{ sword: { type: "dagger" }, player: { id: player } },
  }
  return { cursor: `after ${id}`, purchase }
}
