import { randomBytes } from "node:crypto"
import { turnOfCallers } from "../../comparison/callers.js"
import type { Contender, Turn } from "../../comparison/comparison.js"
import type { EventLoop } from "../../comparison/eventLoop.js"
import type { Choice } from "./choice.js"
import { type Side, SWORD } from "./side.js"

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

  contender(role: Contender["role"], durationMs: number): Contender {
    return {
      name: this.#side.name,
      role,
      turn: () => this.turn(durationMs),
      verify: () => this.#side.verify(this.bought),
    }
  }

  turn(durationMs: number): Promise<Turn> {
    const calls = { body: () => this.#purchase(), check: this.#check }
    return turnOfCallers(this.#side, calls, durationMs, () => this.#side.eventLoop.takeAbove(this.#idle))
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
