import type { Aggregate } from "../../src/domain/aggregates.js"
import type { CommandName } from "../../src/domain/commands.js"
import { understood } from "./decisions.js"
import type { Attempt } from "./history.js"
import type { Plan } from "./plan.js"

type Request = Attempt["request"]

/** How often each command comes, and its input. */
const weights: readonly (readonly [CommandName, number])[] = [
  ["registerPlayer", 3],
  ["grantGold", 25],
  ["buySword", 35],
  ["foundGuild", 10],
  ["joinGuild", 12],
  ["leaveGuild", 8],
]

const swordTypes = ["katana", "claymore", "flamberge", "excalibur", "spoon"]

/** The commands of one client: few players and guilds, so that clients meet, and little gold, so that rules refuse. */
export class Workload {
  readonly #plan: Plan
  readonly #name: string
  readonly #random: () => number
  readonly #made: Request[] = []

  constructor(plan: Plan, name: string, random: () => number) {
    this.#plan = plan
    this.#name = name
    this.#random = random
  }

  /** Another command; now and then under a key that was used for something else, or without a key. */
  next(): Request {
    const last = this.#made.at(-1)?.idempotencyKey ?? null
    if (last !== null && this.#random() < 0.02) return this.#keep({ ...this.#draw(), idempotencyKey: last })
    if (this.#random() < 0.1) return this.#keep({ ...this.#draw(), newKey: this.#newKey() })
    return this.nextNew()
  }

  /** Another command, under its own key. */
  nextNew(): Request {
    return this.#keep({ ...this.#draw(), idempotencyKey: this.#newKey() })
  }

  #keep(request: Request): Request {
    this.#made.push(request)
    return request
  }

  aggregatesOf(request: Request): readonly Aggregate[] {
    return understood(request).aggregates
  }

  #newKey(): string {
    return `${this.#name}-${this.#made.length}`
  }

  #draw(): { readonly name: CommandName; readonly input: Readonly<Record<string, unknown>> } {
    // First, players are registered.
    const first = this.#made.length < this.#plan.players
    const playerId = `p${first ? this.#made.length : this.#below(this.#plan.players)}`
    const guildId = `g${this.#below(this.#plan.guilds)}`
    const name = first ? "registerPlayer" : this.#drawName()
    switch (name) {
      case "registerPlayer":
        return { name, input: { playerId, name: `Player ${playerId}`, region: "north" } }
      case "grantGold":
        return { name, input: { playerId, amount: 1 + this.#below(500), reason: "quest" } }
      case "buySword": {
        const swordType = swordTypes[this.#below(swordTypes.length)]
        return { name, input: { playerId, swordType, region: null } }
      }
      case "foundGuild":
        return { name, input: { founderId: playerId, name: guildId, capacity: 1 + this.#below(3) } }
      default:
        return { name, input: { playerId, guildId } }
    }
  }

  #drawName(): CommandName {
    let left = this.#random() * weights.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [name, weight] of weights) {
      left -= weight
      if (left < 0) return name
    }
    return "buySword"
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count)
  }
}
