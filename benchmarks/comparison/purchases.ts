import { randomBytes } from "node:crypto"
import { closedLoop } from "../http/closedLoop.js"
import { type Side, SWORD } from "./side.js"

const CALLERS = 64

const QUERY = `mutation Buy($input: BuySwordInput!) {
  buySword(input: $input) { purchase { id price } player { gold } refusal { code message } position replayed }
}`

/** What one side did in one turn. */
export interface Turn {
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Microseconds of processor time a purchase, of all server-side processes. */
  readonly cost: number
  readonly purchases: number
}

/** One side's customers: each purchase is by the next player, with a key of its own. */
export class Customers {
  readonly #side: Side
  readonly #players: number
  readonly #run = randomBytes(4).toString("hex")
  #sent = 0
  #bought = 0

  constructor(side: Side, players: number) {
    this.#side = side
    this.#players = players
  }

  /** Purchases acknowledged so far. */
  get bought(): number {
    return this.#bought
  }

  /** 64 callers, each of whom sends its next purchase when it has checked the answer to the one before. */
  async turn(durationMs: number): Promise<Turn> {
    const side = this.#side
    const before = await side.cost()
    const upkeep = after(durationMs / 2, () => side.upkeep())
    const load = { url: side.url, connections: CALLERS, body: () => this.#purchase(), check: this.#check }
    const { requests, perSecond, p50, p99 } = await closedLoop({ ...load, durationMs })
    await upkeep
    await side.settle()
    const cost = ((await side.cost()) - before) / requests
    return { perSecond, p50, p99, cost, purchases: requests }
  }

  #purchase(): string {
    const n = this.#sent++
    const input = {
      playerId: `${this.#side.prefix}${n % this.#players}`,
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
