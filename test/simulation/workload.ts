import type { Aggregate } from "../../src/domain/aggregates.js"
import type { CommandName } from "../../src/domain/commands.js"
import { understood } from "./decisions.js"
import type { Attempt } from "./history.js"
import type { Plan } from "./plan.js"
import type { OfferedTrade, Shared } from "./shared.js"

type Request = Attempt["request"]

interface Drawn {
  readonly name: CommandName
  readonly input: Readonly<Record<string, unknown>>
}

type MarketCommand = Exclude<
  CommandName,
  "registerPlayer" | "grantGold" | "buySword" | "foundGuild" | "joinGuild" | "leaveGuild"
>

/** How often each command comes, and its input. */
const weights: readonly (readonly [CommandName, number])[] = [
  ["registerPlayer", 3],
  ["grantGold", 25],
  ["buySword", 35],
  ["foundGuild", 10],
  ["joinGuild", 12],
  ["leaveGuild", 8],
  ["sellSword", 6],
  ["fightMonster", 8],
  ["rest", 3],
  ["gift", 10],
  ["offerTrade", 10],
  ["acceptTrade", 10],
  ["withdrawTrade", 3],
]

/** A trade that is accepted or withdrawn is one of the last of which clients heard; it may no longer be open. */
const RECENT_OFFERS = 6

const monsters = ["rat", "wolf", "ogre", "dragon"]

const swordTypes = ["katana", "claymore", "flamberge", "excalibur", "spoon"]

/** The commands of one client: few players and guilds, so that clients meet, and little gold, so that rules refuse. */
export class Workload {
  readonly #plan: Plan
  readonly #name: string
  readonly #random: () => number
  readonly #offers: readonly OfferedTrade[]
  readonly #made: Request[] = []

  constructor(
    plan: Plan,
    name: string,
    { random, offers }: { readonly random: () => number } & Pick<Shared, "offers">,
  ) {
    this.#plan = plan
    this.#name = name
    this.#random = random
    this.#offers = offers
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

  #draw(): Drawn {
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
      case "buySword":
        return { name, input: { playerId, swordType: this.#swordType(), region: null } }
      case "foundGuild":
        return { name, input: { founderId: playerId, name: guildId, capacity: 1 + this.#below(3) } }
      case "joinGuild":
      case "leaveGuild":
        return { name, input: { playerId, guildId } }
      default:
        return this.#drawOfMarket(name, playerId)
    }
  }

  #drawOfMarket(name: MarketCommand, playerId: string): Drawn {
    const other = `p${this.#below(this.#plan.players)}`
    switch (name) {
      case "sellSword":
        return { name, input: { playerId, swordType: this.#swordType() } }
      case "fightMonster":
        return { name, input: { playerId, monster: monsters[this.#below(monsters.length)] } }
      case "rest":
        return { name, input: { playerId } }
      case "gift": {
        const gold = this.#random() < 0.5 ? 1 + this.#below(500) : null
        const swordType = gold === null ? this.#swordType() : null
        return { name, input: { fromPlayerId: playerId, toPlayerId: other, gold, swordType } }
      }
      case "offerTrade": {
        const gives = { gold: 1 + this.#below(300), swords: this.#swords() }
        return { name, input: { playerId, toPlayerId: other, gives, wants: { swords: this.#swords() } } }
      }
      default:
        return this.#drawOfTrade(name, playerId, other)
    }
  }

  /** A client acts for any player, so also for those of a trade. */
  #drawOfTrade(name: "acceptTrade" | "withdrawTrade", playerId: string, other: string): Drawn {
    const recent = this.#offers.slice(-RECENT_OFFERS)
    const trade = recent[this.#below(recent.length)]
    const { tradeId, from, to } = trade ?? { tradeId: "1-0", from: other, to: playerId }
    if (name === "acceptTrade") return { name, input: { playerId: to, fromPlayerId: from, tradeId } }
    const [acting, otherPlayerId] = this.#random() < 0.5 ? [from, to] : [to, from]
    return { name, input: { playerId: acting, otherPlayerId, tradeId } }
  }

  #swords() {
    return this.#random() < 0.5 ? [] : [{ swordType: this.#swordType(), count: 1 }]
  }

  #swordType(): string {
    return swordTypes[this.#below(swordTypes.length)] ?? "spoon"
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
