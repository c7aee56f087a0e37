import type { Catalogue } from "../domain/catalogue.js"
import { START_GOLD, START_HEALTH } from "../domain/commands/registerPlayer.js"
import { type AmountRange, Balance, type BalanceChange } from "./balance.js"
import type { LoadTrade, Move } from "./move.js"

/** The state that a server should report for a player. */
export interface ExpectedPlayer {
  readonly gold: number
  readonly health: number
  /** Sword type to count; no entry with count 0. */
  readonly swords: ReadonlyMap<string, number>
  readonly guild: string | null
  /** The open trades that it has offered, by id. */
  readonly trades: ReadonlyMap<string, LoadTrade>
  /** The open trades that were offered to it, by id. */
  readonly offers: ReadonlyMap<string, LoadTrade>
}

const NEW_PLAYER: ExpectedPlayer = {
  gold: START_GOLD,
  health: START_HEALTH,
  swords: new Map(),
  guild: null,
  trades: new Map(),
  offers: new Map(),
}

/** What one player may have had at any time from a command's start to its answer. */
export interface AccountRange {
  readonly gold: AmountRange
  /** How many trades it has offered that are open. */
  readonly trades: AmountRange
  /** How many were offered to it. */
  readonly offers: AmountRange
  /** All types of swords that it may have had. */
  readonly swordTypes: readonly string[]
  sword(type: string): AmountRange
}

/** What the server has promised of one player: its state at the start, and the acknowledged effects since. */
export class Account {
  readonly id: string
  guild: string | null = null
  /** A guild command is in flight or in doubt: only one at a time, so that the final membership is known. */
  guildBusy = false
  health = START_HEALTH
  /** The same for fights and rests: how much health they cost or give depends on how much there is. */
  healthBusy = false
  readonly trades = new Map<string, LoadTrade>()
  readonly offers = new Map<string, LoadTrade>()
  #gold = new Balance()
  readonly #swords = new Map<string, Balance>()
  #tradeCount = new Balance()
  #offerCount = new Balance()

  constructor(id: string) {
    this.id = id
    this.startFrom(NEW_PLAYER)
  }

  /** The gold that the player must have once nothing is in flight. */
  get gold(): number {
    return this.#gold.value
  }

  get state(): ExpectedPlayer {
    const { gold, health, guild, trades, offers } = this
    const counts = [...this.#swords].map(([type, balance]) => [type, balance.value] as const)
    return { gold, health, swords: new Map(counts.filter(([, count]) => count !== 0)), guild, trades, offers }
  }

  /** To be called only before the player's first command. */
  startFrom({ gold, health, swords, guild, trades, offers }: ExpectedPlayer): void {
    this.#gold = new Balance(gold)
    this.#swords.clear()
    for (const [type, count] of swords) this.#swords.set(type, new Balance(count))
    this.health = health
    this.guild = guild
    replace(this.trades, trades)
    replace(this.offers, offers)
    this.#tradeCount = new Balance(trades.size)
    this.#offerCount = new Balance(offers.size)
  }

  /** To be called when a command is sent; the function it returns, once the answer has come. */
  watch(): () => AccountRange {
    const [gold, trades, offers] = [this.#gold, this.#tradeCount, this.#offerCount].map(one => one.watch())
    const swords = new Map([...this.#swords].map(([type, balance]) => [type, balance.watch()]))
    const none = { low: 0, high: 0 }
    return () => ({
      gold: gold?.() ?? none,
      trades: trades?.() ?? none,
      offers: offers?.() ?? none,
      swordTypes: [...this.#swords.keys()],
      sword: type => swords.get(type)?.() ?? this.#swords.get(type)?.sinceNothing ?? none,
    })
  }

  /** A command that may make this move is about to be sent. */
  ask(move: Move): void {
    this.#each(move, (balance, change) => balance.ask(change))
  }

  /** It has certainly not made the move. */
  release(move: Move): void {
    this.#each(move, (balance, change) => balance.release(change))
  }

  apply(move: Move): void {
    this.#each(move, (balance, change) => balance.apply(change))
  }

  #each({ gives, gets, trades, offers }: Move, act: (balance: Balance, change: BalanceChange) => void): void {
    if (gives.gold + gets.gold > 0) act(this.#gold, { adds: gets.gold, takes: gives.gold })
    for (const { swordType, count } of gives.swords) act(this.#sword(swordType), { adds: 0, takes: count })
    for (const { swordType, count } of gets.swords) act(this.#sword(swordType), { adds: count, takes: 0 })
    if (trades !== undefined) act(this.#tradeCount, changeOf(trades))
    if (offers !== undefined) act(this.#offerCount, changeOf(offers))
  }

  #sword(type: string): Balance {
    const known = this.#swords.get(type) ?? new Balance()
    this.#swords.set(type, known)
    return known
  }
}

/** What is known when an answer has come. */
export interface AnswerContext {
  /** The acting player; its health is as it was before. */
  readonly account: Account
  /** What it and the other player may have had meanwhile. */
  readonly ranges: { readonly player: AccountRange; readonly other: AccountRange | undefined }
  readonly catalogue: Catalogue
}

function changeOf(count: 1 | -1): BalanceChange {
  return count === 1 ? { adds: 1, takes: 0 } : { adds: 0, takes: 1 }
}

function replace<V>(map: Map<string, V>, by: ReadonlyMap<string, V>): void {
  map.clear()
  for (const [key, value] of by) map.set(key, value)
}
