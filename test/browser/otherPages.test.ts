import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer, type Server } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest"
import { freePort, Guildhall } from "../support/guildhall.js"
import { startChromium } from "./support/chromium.js"

const [GAME, EVIL] = ["game.example", "evil.example"]

let folder: string
let pagesPort: string
let pages: Server
let server: Guildhall
let browser: Browser

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "guildhall-"))
  pagesPort = await freePort()
  pages = createServer((_, response) => response.end("<!doctype html><title>a page</title>"))
  await once(pages.listen(Number(pagesPort), "127.0.0.1"), "listening")
  const ALLOWED_ORIGINS = `http://${GAME}:${pagesPort}`
  const settings = { DATA_DIR: folder, PORT: await freePort(), LOG_LEVEL: "warn", ALLOWED_ORIGINS }
  server = await Guildhall.serve(settings)
  browser = await startChromium([GAME, EVIL])
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
  pages?.close()
  await rm(folder, { recursive: true, force: true })
})

/** What a page gets from GraphQL: over HTTP, with headers that require a preflight, and over a WebSocket. */
interface Heard {
  readonly http: string
  readonly webSocket: string
}

/** In the page. */
const ASK = `async url => {
  const query = "{ swords { type } }"
  const headers = { "content-type": "application/json", "x-apollo-operation-name": "Swords", "x-game": "1" }
  const asked = fetch(url, { method: "POST", headers, body: JSON.stringify({ query }) })
  const http = await asked.then(async response => String((await response.json()).data.swords.length), String)
  const webSocket = await new Promise(resolve => {
    const socket = new WebSocket(url.replace("http", "ws"), "graphql-transport-ws")
    socket.onopen = () => socket.send('{"type":"connection_init"}')
    socket.onmessage = ({ data }) => resolve(JSON.parse(data).type)
    socket.onerror = () => resolve("refused")
  })
  return { http, webSocket }
}`

async function heardBy(page: Page): Promise<Heard> {
  return page.evaluate<Heard>(`(${ASK})(${JSON.stringify(server.url)})`)
}

async function pageAt(url: string): Promise<Page> {
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.goto(url)
  return page
}

describe("a page that is not the playground", () => {
  test.each([
    ["on a development server of this machine", "127.0.0.1"],
    ["of an origin in ALLOWED_ORIGINS", GAME],
  ])("%s talks to GraphQL", async (_, host) => {
    const page = await pageAt(`http://${host}:${pagesPort}/`)

    expect(await heardBy(page)).toEqual({ http: "10", webSocket: "connection_ack" })
  })

  test("of another origin does not", async () => {
    const page = await pageAt(`http://${EVIL}:${pagesPort}/`)

    expect(await heardBy(page)).toEqual({ http: "TypeError: Failed to fetch", webSocket: "refused" })
  })

  test("without an origin does not", async () => {
    const page = await pageAt("data:text/html,<title>a page</title>")

    expect(await heardBy(page)).toEqual({ http: "TypeError: Failed to fetch", webSocket: "refused" })
  })
})
