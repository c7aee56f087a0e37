import { mkdir } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import type { Browser, BrowserContextOptions, Page, WebSocket } from "playwright-core"
import { onTestFinished } from "vitest"

const SCREENSHOTS = fileURLToPath(new URL("../../../.cache/test/", import.meta.url))

interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: the tests say which fields they asked for
  readonly data: any
}

/** A first visit to the playground, and what goes wrong during it. */
export class Visit {
  readonly page: Page
  /** Requested addresses that are not the server's. */
  readonly outside: string[] = []
  /** The errors on the console, violations of the page's policy among them. */
  readonly errors: string[] = []
  /** The ids of the purchases that came over WebSockets. */
  readonly noticed: string[] = []
  /** How many notices without a purchase came. */
  heartbeats = 0
  readonly #origin: string

  private constructor(page: Page, origin: string) {
    this.page = page
    this.#origin = origin
  }

  /** Opens the playground and waits until it can be used. It is closed when the test is over. */
  static async begin(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
    onTestFinished(() => context.close())
    const visit = new Visit(await context.newPage(), origin)
    await visit.#watch()
    await visit.page.goto(`${origin}/`)
    await visit.page.locator(".graphiql-query-editor .view-line").first().waitFor()
    return visit
  }

  /** Opens a tab by its name. */
  async open(tab: string): Promise<void> {
    await this.page.getByRole("button", { name: tab, exact: true }).click()
  }

  /** Starts what stands in the tab, or stops it. */
  async press(): Promise<void> {
    await this.page.locator(".graphiql-execute-button").click()
  }

  /** Opens a tab, runs it, and returns what the server answered by HTTP. */
  async run(tab: string): Promise<Answer> {
    const answered = this.page.waitForResponse(
      response => response.request().postDataJSON()?.operationName === tab,
    )
    await this.open(tab)
    await this.press()
    return (await answered).json()
  }

  /** The visible lines of the answer. */
  async shown(): Promise<string> {
    const lines = await this.page.locator(".graphiql-response .view-line").allInnerTexts()
    return lines.join("\n").replaceAll("\u00a0", " ")
  }

  /** Takes a screenshot for people, under `.cache/test/`. */
  async screenshot(name: string): Promise<void> {
    await mkdir(SCREENSHOTS, { recursive: true })
    await this.page.screenshot({ path: `${SCREENSHOTS}playground-${name}.png` })
  }

  async #watch(): Promise<void> {
    const { page } = this
    page.on("console", message => {
      if (message.type() === "error") this.errors.push(message.text())
    })
    page.on("pageerror", error => this.errors.push(String(error)))
    page.on("websocket", socket => this.#watchSocket(socket))
    // Requests of workers are among them; what has no host, such as data:, goes nowhere.
    const isOutside = ({ host, origin }: URL) => host !== "" && origin !== this.#origin
    await page.context().route(isOutside, route => {
      this.outside.push(route.request().url())
      return route.abort()
    })
  }

  #watchSocket(socket: WebSocket): void {
    if (new URL(socket.url()).host !== new URL(this.#origin).host) this.outside.push(socket.url())
    socket.on("framereceived", ({ payload }) => {
      const purchase = JSON.parse(String(payload)).payload?.data?.purchases?.purchase
      if (purchase === null) this.heartbeats += 1
      else if (purchase !== undefined) this.noticed.push(purchase.id)
    })
  }
}
