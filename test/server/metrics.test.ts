import { setTimeout as wait } from "node:timers/promises"
import { describe, expect, onTestFinished, test } from "vitest"
import { commandMetrics } from "../../src/commands/metrics.js"
import { gauge, histogram } from "../../src/lib/metrics.js"
import { viewsMetrics } from "../../src/projections/metrics.js"
import { registryOf } from "../../src/server/metrics.js"
import { tailMetrics } from "../../src/tail/metrics.js"
import { parseExposition, valueIn } from "../support/exposition.js"
import { openGame } from "../support/game.js"
import { exposed } from "../support/metrics.js"
import { ask, newListening, RawConnection } from "./support/listening.js"
import { WsClient } from "./support/wsClient.js"

const REGISTER = "mutation ($input: RegisterPlayerInput!) { registerPlayer(input: $input) { position } }"
const BUY = "mutation ($input: BuySwordInput!) { buySword(input: $input) { refusal { code } } }"
const READ = '{ players(ids: ["alice"]) { id } }'

function scrape(url: string, method = "GET"): Promise<Response> {
  return fetch(`${url}/metrics`, { method, headers: { connection: "close" } })
}

async function scraped(url: string) {
  return parseExposition(await (await scrape(url)).text())
}

describe("GET /metrics", () => {
  test("is the text format, and is not cached", async () => {
    const { url } = await newListening()

    const response = await scrape(url)

    expect(response.status).toBe(200)
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8")
    expect(response.headers.get("cache-control")).toBe("no-store")
    expect(parseExposition(await response.text()).size).toBeGreaterThan(20)
  })

  test("covers the process: its memory, its processor time, the lag of its event loop", async () => {
    const { url } = await newListening()

    const metrics = await scraped(url)

    expect(valueIn(metrics, "process_resident_memory_bytes")).toBeGreaterThan(1_000_000)
    expect(valueIn(metrics, "process_cpu_seconds_total")).toBeGreaterThan(0)
    expect([...metrics.keys()]).toContain("nodejs_eventloop_lag_p99_seconds")
  })

  test("HEAD has no content, other methods are 405", async () => {
    const { url } = await newListening()

    const head = await scrape(url, "HEAD")
    const post = await scrape(url, "POST")

    expect([head.status, await head.text()]).toEqual([200, ""])
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"])
  })

  test("is not for pages of other sites", async () => {
    const { url } = await newListening()

    const response = await fetch(`${url}/metrics`, {
      headers: { connection: "close", origin: "https://example.com" },
    })

    expect(response.status).toBe(403)
  })

  test("two servers of one process count separately", async () => {
    const [one, other] = [await newListening(), await newListening()]
    await ask(one.url, "{ swords { type } }")

    const operations = async (url: string) =>
      valueIn(await scraped(url), "guildhall_graphql_operations_total", { kind: "query" })

    expect(await operations(one.url)).toBe(1)
    expect(await operations(other.url)).toBe(0)
  })
})

describe("the server's metrics", () => {
  test("count requests by the class of their status", async () => {
    const { url, port } = await newListening()
    await ask(url, "{ swords { type } }")
    await ask(url, "{")
    await fetch(`${url}/nowhere`, { headers: { connection: "close" } })
    const left = new RawConnection(port)
    left.send("POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n")
    left.send("content-length: 100\r\n\r\n{")
    await wait(50)
    left.socket.destroy()
    const count = async (of: string) =>
      valueIn(await scraped(url), "guildhall_http_requests_total", { class: of })
    await expect.poll(() => count("aborted")).toBe(1)

    expect(await count("4xx")).toBe(2)
    expect(await count("5xx")).toBe(0)
    const before = await count("2xx")
    expect(await count("2xx")).toBe(before + 1)
    expect(valueIn(await scraped(url), "guildhall_http_requests_open")).toBe(1)
  })

  test("count operations by kind, over both transports, and the errors of their fields by code", async () => {
    const { url } = await newListening()
    await ask(url, `{ player(id: "fault") { id } }`)
    await ask(url, `mutation { buySword(input: { playerId: "alice", swordType: "katana" }) { position } }`)
    const socket = await WsClient.connect(url)
    socket.subscribe("1", "subscription { purchases { cursor } }")
    socket.subscribe("2", "{ swords { type } }")
    await socket.next("complete", "2")

    const metrics = await scraped(url)

    const operations = (kind: string) => valueIn(metrics, "guildhall_graphql_operations_total", { kind })
    expect(["query", "mutation", "subscription"].map(operations)).toEqual([2, 1, 1])
    expect(valueIn(metrics, "guildhall_graphql_errors_total", { code: "VIEWS_BEHIND" })).toBe(1)
    expect(valueIn(metrics, "guildhall_websockets")).toBe(1)
    expect(valueIn(metrics, "guildhall_connections")).toBeGreaterThanOrEqual(2)
  })
})

describe("of a game's metrics", () => {
  test("purchases and refusals are counted, and no text of a client becomes a label", async () => {
    const { url } = await playing()
    const player = 'a\\"}\n{evil="1"} 5'
    const before = await scraped(url)
    const bought = { command: "buySword", outcome: "effective" }
    const refused = { command: "buySword", outcome: "refused", code: "NOT_ENOUGH_GOLD" }
    await ask(url, REGISTER, { input: { playerId: "alice", name: "hostile-name", region: "hostile-region" } })

    await ask(url, BUY, { input: { playerId: "alice", swordType: "dagger" } })
    await ask(url, BUY, { input: { playerId: "alice", swordType: "excalibur" } })
    await ask(url, BUY, { input: { playerId: player, swordType: "hostile-sword" } })

    const response = await (await scrape(url)).text()
    const after = parseExposition(response)
    expect(valueIn(before, "guildhall_commands_total", bought)).toBe(0)
    expect(valueIn(after, "guildhall_commands_total", bought)).toBe(1)
    expect(valueIn(after, "guildhall_commands_total", refused)).toBe(1)
    expect(valueIn(after, "guildhall_commits_total", { verdict: "effective" })).toBe(2)
    expect(valueIn(after, "guildhall_command_duration_seconds", { command: "buySword" })).toBe(3)
    expect(response).not.toMatch(/hostile|evil|alice/)
  })

  test("are answered while the log and the views are away, and show it", async () => {
    const { url, game } = await playing({ commandDeadlineMs: 200, queryDeadlineMs: 200 })
    await ask(url, REGISTER, { input: { playerId: "alice", name: "Alice", region: "eu" } })
    game.logServer.cut("game")
    game.viewServer.cut("game")
    await ask(url, BUY, { input: { playerId: "alice", swordType: "dagger" } })
    await ask(url, READ)

    const metrics = await scraped(url)

    const { samples = [] } = metrics.get("guildhall_commands_total") ?? {}
    expect(samples.filter(({ labels }) => labels.outcome === "fault")).toMatchObject([
      { labels: { command: "buySword" }, value: 1 },
    ])
    expect(valueIn(metrics, "guildhall_graphql_errors_total", { code: "VIEWS_UNAVAILABLE" })).toBeGreaterThan(
      0,
    )
    expect(
      valueIn(metrics, "guildhall_view_store_read_duration_seconds", { outcome: "failed" }),
    ).toBeGreaterThan(0)
  })
})

test("a histogram's buckets are cumulative, and the last one holds what is beyond every bound", async () => {
  const calls = histogram("guildhall_call_duration_seconds", "Calls.", ["call"])
  for (const seconds of [0.001, 0.7, 9]) calls.observe({ call: "read" }, seconds)

  const { samples = [] } = (await exposed([calls])).get("guildhall_call_duration_seconds") ?? {}

  const within = (le: string) => samples.find(({ labels }) => labels.le === le)?.value
  expect(["0.001", "0.5", "1", "5", "+Inf"].map(within)).toEqual([1, 1, 2, 2, 3])
  expect(samples.at(-2)).toMatchObject({ name: "guildhall_call_duration_seconds_sum", value: 9.701 })
  expect(samples.at(-1)).toMatchObject({ name: "guildhall_call_duration_seconds_count", value: 3 })
})

test("of two metrics with the same name the second is rejected", () => {
  const twice = () => gauge("guildhall_twice", "Twice.", () => 1)

  expect(() => registryOf([twice(), twice()])).toThrow("guildhall_twice")
})

/** A server of a real game over a log and views in memory. */
async function playing(options: Parameters<typeof openGame>[0] = {}) {
  const game = await openGame(options)
  onTestFinished(() => game.close())
  const { commands, tail, stateReader } = game
  const metrics = [...commandMetrics(commands), ...tailMetrics(tail), ...viewsMetrics(tail, stateReader)]
  const { url } = await newListening(game, { metrics })
  return { url, game }
}
