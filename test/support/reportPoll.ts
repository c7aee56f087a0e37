import { setTimeout as lasting } from "node:timers/promises"
import { ask } from "./guildhall.js"

/** Before a server that did not answer is asked again. */
const AGAIN_MS = 50

/** Pages of purchases asked for one after the other, and how long each is. */
const PAGES = 3
const PAGE = 40

/** Players are asked for as of one of so many purchases: it may have landed since, or not. */
const REMEMBERED = 3000

export type Dimension = "SWORD" | "REGION" | "GUILD"

/** What is asked of `sales`, again and again; the span is in milliseconds since 1970. */
export interface SalesQuestion {
  readonly by: readonly Dimension[]
  readonly bucket: "MINUTE" | "HOUR" | "DAY" | null
  readonly from: number | null
  readonly live: boolean
}

/** A row as a client has it. */
export interface SoldRow {
  readonly sword: { readonly type: string } | null
  readonly region: string | null
  readonly guildId: string | null
  readonly bucket: string | null
  readonly purchases: number
  readonly revenue: number
  readonly players: number
}

/** An answer with its cut: the lake had [0, landed), and all in [0, through) counts. */
export interface SalesAnswer {
  readonly url: string
  readonly question: SalesQuestion
  readonly rows: readonly SoldRow[]
  readonly landed: number
  readonly through: number
  readonly live: boolean
}

export interface PagedPurchase {
  readonly id: string
  readonly price: number
  readonly region: string
  readonly guildId: string | null
  readonly purchasedAt: string
  readonly player: { readonly id: string }
  readonly sword: { readonly type: string }
}

/** Some pages of all purchases, the newest first; whatever was in the log below `known` must not be left out. */
export interface PagesAnswer {
  readonly known: number
  readonly purchases: readonly PagedPurchase[]
}

/** A player as of a time; the server had read the log up to `known` before it was asked. */
export interface PastAnswer {
  readonly known: number
  readonly id: string
  /** In milliseconds since 1970. */
  readonly at: number
  readonly player: PastPlayer | null
}

export interface PastPlayer {
  readonly gold: number
  readonly version: number
  readonly guild: { readonly id: string } | null
  readonly inventory: readonly { readonly sword: { readonly type: string }; readonly count: number }[]
}

const SALES = `query ($by: [SalesDimension!]!, $bucket: TimeBucket, $from: DateTime, $live: Boolean) {
  sales(by: $by, bucket: $bucket, from: $from, live: $live) {
    rows { sword { type } region guildId bucket purchases revenue players } landedThrough through live
  } }`

const PURCHASES = `query ($after: Cursor) { purchases(first: ${PAGE}, after: $after) {
  edges { node { id price region guildId purchasedAt player { id } sword { type } } }
  pageInfo { hasNextPage endCursor }
} }`

const AS_OF = `query ($id: ID!, $at: DateTime!) { playerAsOf(id: $id, at: $at) {
  gold version guild { id } inventory { sword { type } count }
} }`

interface Report {
  readonly rows: readonly SoldRow[]
  readonly landedThrough: string
  readonly through: string
  readonly live: boolean
}

interface Page {
  readonly edges: readonly { readonly node: PagedPurchase }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

/** Asks servers for reports all along, each server one question of a sort at a time, and keeps every answer. */
export class ReportPoll {
  readonly sales: SalesAnswer[] = []
  readonly pages: PagesAnswer[] = []
  readonly past: PastAnswer[] = []
  /** What no server may answer: errors that retrying does not fix. */
  readonly problems: string[] = []
  /** Questions that got no answer: the server was away, or said to try again. */
  unanswered = 0
  readonly #questions: readonly SalesQuestion[]
  /** Some purchases, by id. */
  readonly #seen = new Map<string, PagedPurchase>()
  /** Up to where each server has read the log at least, by what it answered. */
  readonly #known = new Map<string, number>()
  readonly #loops: Promise<void>[]
  #over = false

  private constructor(urls: readonly string[]) {
    const from = Date.now() + 2000
    const live = { bucket: null, from: null, live: true } as const
    this.#questions = [
      { ...live, by: [] },
      { ...live, by: ["SWORD"] },
      { ...live, by: [] },
      { ...live, by: ["REGION"] },
      { ...live, by: ["SWORD", "REGION"], bucket: "HOUR" },
      { ...live, by: [], bucket: "MINUTE" },
      { ...live, by: [], bucket: "DAY", from },
      { ...live, by: ["REGION"], live: false },
    ]
    this.#loops = urls.flatMap(url => [
      this.#repeat(turn => this.#askSales(url, turn)),
      this.#repeat(() => this.#askPages(url)),
      this.#repeat(turn => this.#askPast(url, turn)),
    ])
  }

  /** Begins to ask these servers, by their GraphQL addresses. One may be killed, and come back at its address. */
  static begin(urls: readonly string[]): ReportPoll {
    return new ReportPoll(urls)
  }

  /** It was stopped, or has met a problem. */
  get isOver(): boolean {
    return this.#over || this.problems.length > 0
  }

  /** The furthest cut of an answer so far, exclusive. */
  get through(): number {
    return Math.max(0, ...this.#known.values())
  }

  /** Ends; every answer that was on its way is kept too. */
  async stop(): Promise<void> {
    this.#over = true
    await Promise.all(this.#loops)
  }

  async #repeat(askOne: (turn: number) => Promise<void>): Promise<void> {
    for (let turn = 0; !this.isOver; turn++) {
      try {
        await askOne(turn)
      } catch (error) {
        if (error instanceof Wrong) this.problems.push(error.message)
        this.unanswered += 1
        await lasting(AGAIN_MS)
      }
    }
  }

  async #askSales(url: string, turn: number): Promise<void> {
    const question = this.#questions[turn % this.#questions.length]
    if (question === undefined) throw new Error("no question")
    const from = question.from === null ? null : new Date(question.from).toISOString()
    const { sales } = await answered<{ sales: Report }>(url, SALES, { ...question, from })
    const [landed, through] = [sales.landedThrough, sales.through].map(offsetOf)
    if (landed === undefined || through === undefined) throw new Error("an answer without a cut")
    this.sales.push({ url, question, rows: sales.rows, landed, through, live: sales.live })
    this.#known.set(url, Math.max(through, this.#knownTo(url)))
  }

  async #askPages(url: string): Promise<void> {
    const known = this.#knownTo(url)
    const found: PagedPurchase[] = []
    let after: string | null = null
    for (let page = 0; page < PAGES; page++) {
      const { purchases }: { purchases: Page } = await answered(url, PURCHASES, { after })
      found.push(...purchases.edges.map(({ node }) => node))
      after = purchases.pageInfo.endCursor
      if (!purchases.pageInfo.hasNextPage) break
    }
    this.pages.push({ known, purchases: found })
    for (const purchase of found) this.#seen.set(purchase.id, purchase)
    for (const id of this.#seen.keys()) if (this.#seen.size > REMEMBERED) this.#seen.delete(id)
  }

  async #askPast(url: string, turn: number): Promise<void> {
    const seen = turn % 2 === 0 ? this.#seenAround(url) : this.#seenSometime(turn)
    if (seen === undefined) return lasting(AGAIN_MS)
    const { player, purchasedAt } = seen
    const known = this.#knownTo(url)
    const asked = { id: player.id, at: purchasedAt }
    const { playerAsOf } = await answered<{ playerAsOf: PastPlayer | null }>(url, AS_OF, asked)
    this.past.push({ known, id: player.id, at: Date.parse(purchasedAt), player: playerAsOf })
  }

  /** The first purchase that had not landed, when that was last told: where it is left out or doubled, if anywhere. */
  #seenAround(url: string): PagedPurchase | undefined {
    const landed = this.sales.findLast(answer => answer.url === url)?.landed ?? 0
    const beyond = [...this.#seen.values()].filter(({ id }) => Number.parseInt(id, 10) >= landed)
    return beyond.sort((one, other) => Number.parseInt(one.id, 10) - Number.parseInt(other.id, 10))[0]
  }

  /** A walk in large steps: now a young one, now an old one. */
  #seenSometime(turn: number): PagedPurchase | undefined {
    return [...this.#seen.values()][(turn * 617) % Math.max(1, this.#seen.size)]
  }

  #knownTo(url: string): number {
    return this.#known.get(url) ?? 0
  }
}

/** An error that retrying does not fix. */
class Wrong extends Error {}

async function answered<T>(url: string, query: string, variables: object): Promise<T> {
  const { data, errors } = await ask(url, query, variables)
  if (data !== undefined && errors === undefined) return data as T
  const text = JSON.stringify(errors)
  if (errors?.every(({ extensions }) => "retryable" in extensions && extensions.retryable))
    throw new Error(text)
  throw new Wrong(text)
}

/** The offset in a position: clients need not know it, but a test that compares positions does. */
function offsetOf(position: string): number {
  const [, offset] = /:(\d+)$/.exec(Buffer.from(position, "base64url").toString()) ?? []
  if (offset === undefined) throw new Wrong(`no position: ${position}`)
  return Number(offset)
}
