import { randomBytes } from "node:crypto"
import { closedLoop } from "../../comparison/closedLoop.js"
import type { Turn } from "../../comparison/comparison.js"
import type { EventLoop } from "../../comparison/eventLoop.js"
import type { Choice } from "./choice.js"
import { type Side, SWORD } from "./side.js"

const CALLERS = 64

const QUERY = `mutation Buy($input: BuySwordInput!) {
  buySword(input: $input) { purchase { id price } player { gold } refusal { code message } position replayed }
}`

/** One side's customers: each purchase is by a player of the choice, with a key of its own. */
export class Customers {
  readonly #side: Side
  readonly #choose: Choice
  readonly #idle: EventLoop
  readonly #run = randomBytes(4).toString("hex")
  #sent = 0
  #bought = 0

  /** `idle`: of a process that does nothing. */
  constructor(side: Side, choose: Choice, idle: EventLoop) {
    this.#side = side
    this.#choose = choose
    this.#idle = idle
  }

  /** Purchases acknowledged so far. */
  get bought(): number {
    return this.#bought
  }

  /** 64 callers, each of whom sends its next purchase when it has checked the answer to the one before. */
  async turn(durationMs: number): Promise<Turn> {
    const side = this.#side
    const before = await side.cost()
    await this.#takeDelay()
    const upkeep = after(durationMs / 2, () => side.upkeep())
    const load = { url: side.url, connections: CALLERS, body: () => this.#purchase(), check: this.#check }
    const { requests, perSecond, p50, p99 } = await closedLoop({ ...load, durationMs })
    const eventLoop = await this.#takeDelay()
    await upkeep
    await side.settle()
    const cost = ((await side.cost()) - before) / requests
    return { perSecond, p50, p99, cost, eventLoop }
  }

  /** Since the last call: of the server's event loop, above that of the idle process, in milliseconds. */
  async #takeDelay(): Promise<number> {
    const [own, idle] = await Promise.all([this.#side.eventLoop.takeP999(), this.#idle.takeP999()])
    return Math.max(0, own - idle)
  }

  #purchase(): string {
    const n = this.#sent++
    const input = {
      playerId: `${this.#side.prefix}${this.#choose(n)}`,
      swordType: SWORD.type,
      idempotencyKey: `${this.#run}-${n}`,
    }
    return JSON.stringify({ query: QUERY, variables: { input } })
  }

  readonly #check = (text: string): void => {
    const { purchase, player, refusal, replayed } = JSON.parse(text).data?.buySword ?? {}
    const isRight =
      purchase?.price === SWORD.price && player.gold >= 0 && refusal === null && replayed === false
    if (!isRight) throw new Error(`${this.#side.name}: expected a purchase, got ${text}`)
    this.#bought += 1
  }
}

function after(ms: number, work: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    setTimeout(() => work().then(resolve, reject), ms)
  })
}
