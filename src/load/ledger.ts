import { START_GOLD } from "../domain/commands/registerPlayer.js"
import type { LoadCommand, PromisedEffect } from "./command.js"

/** The state that a server should report for a player. */
export interface ExpectedPlayer {
  readonly gold: number
  /** Sword type to count. */
  readonly swords: ReadonlyMap<string, number>
  readonly guild: string | null
}

const NEW_PLAYER: ExpectedPlayer = { gold: START_GOLD, swords: new Map(), guild: null }

/** How much gold a command's answer may show: from `low` to `high`, both inclusive. */
export interface GoldRange {
  readonly low: number
  readonly high: number
}

/** What the server has promised of one player: its state at the start, and the acknowledged effects since. */
export class Account {
  readonly id: string
  readonly swords = new Map<string, number>()
  guild: string | null = null
  /** A guild command is in flight or in doubt: only one at a time, so that the final membership is known. */
  guildBusy = false
  #base = 0
  /** Acknowledged gold. */
  #granted = 0
  #spent = 0
  /** Gold of commands acknowledged, in flight or in doubt. */
  #grantsAsked = 0
  #pricesAsked = 0

  constructor(id: string) {
    this.id = id
    this.startFrom(NEW_PLAYER)
  }

  /** The gold that the player must have once nothing is in flight. */
  get gold(): number {
    return this.#base + this.#granted - this.#spent
  }

  get state(): ExpectedPlayer {
    return { gold: this.gold, swords: this.swords, guild: this.guild }
  }

  /** To be called only before the player's first command. */
  startFrom({ gold, swords, guild }: ExpectedPlayer): void {
    this.#base = gold
    this.swords.clear()
    for (const [type, count] of swords) this.swords.set(type, count)
    this.guild = guild
  }

  /**
   * To be called when a command is sent. The function it returns, called once the answer has come, gives the
   * range of gold that the answer may show: everything acknowledged before the command was sent had happened,
   * and nothing that had not been sent by the time of the answer.
   */
  asked({ name, gold }: LoadCommand): () => GoldRange {
    if (name === "grantGold") this.#grantsAsked += gold
    if (name === "buySword") this.#pricesAsked += gold
    const low = this.#base + this.#granted
    const high = this.#base - this.#spent
    return () => ({ low: low - this.#pricesAsked, high: high + this.#grantsAsked })
  }

  /** The command has certainly not happened. */
  refused({ name, gold }: LoadCommand): void {
    if (name === "grantGold") this.#grantsAsked -= gold
    if (name === "buySword") this.#pricesAsked -= gold
  }

  apply(effect: PromisedEffect): void {
    switch (effect.kind) {
      case "grant":
        this.#granted += effect.amount
        break
      case "purchase":
        this.#spent += effect.price
        this.swords.set(effect.swordType, (this.swords.get(effect.swordType) ?? 0) + 1)
        break
      case "guild":
        this.guild = effect.guild
    }
  }
}

/** How many wrong answers are kept for display; all are counted. */
const WRONG_SHOWN_MAX = 100

const REASONS_SHOWN_MAX = 20

/** How many purchase ids are checked for duplicates, as both a Set and memory are bounded. */
const PURCHASES_MAX = 5_000_000

/** All promises of a run, and the answers that were wrong in themselves. */
export class Ledger {
  readonly accounts: readonly Account[]
  readonly guilds = new Set<string>()
  /** Commands that may have happened. */
  readonly inDoubt: LoadCommand[] = []
  /** How many commands were given up and have certainly not happened. */
  failed = 0
  /** The first reasons for that. */
  readonly reasons: string[] = []
  wrongCount = 0
  readonly wrongAnswers: string[] = []
  readonly #byId: ReadonlyMap<string, Account>
  readonly #purchases = new Set<string>()

  constructor(ids: readonly string[]) {
    this.accounts = ids.map(id => new Account(id))
    this.#byId = new Map(this.accounts.map(account => [account.id, account]))
  }

  account(id: string): Account | undefined {
    return this.#byId.get(id)
  }

  /** Takes a player's state as found, before its first command. */
  startFrom(id: string, state: ExpectedPlayer): void {
    this.#byId.get(id)?.startFrom(state)
    if (state.guild !== null) this.guilds.add(state.guild)
  }

  fail(reason: string): void {
    this.failed += 1
    if (this.reasons.length < REASONS_SHOWN_MAX) this.reasons.push(reason)
  }

  wrong(what: string): void {
    this.wrongCount += 1
    if (this.wrongAnswers.length < WRONG_SHOWN_MAX) this.wrongAnswers.push(what)
  }

  apply(effect: PromisedEffect): void {
    if (effect.kind === "purchase") this.#holdDistinct(effect.id)
    if (effect.kind === "guild" && effect.guild !== null) this.guilds.add(effect.guild)
    this.#byId.get(effect.player)?.apply(effect)
  }

  /** Whether a command of the run was answered with this purchase. */
  isPromised(purchaseId: string): boolean {
    return this.#purchases.has(purchaseId)
  }

  #holdDistinct(id: string): void {
    if (this.#purchases.has(id)) this.wrong(`two commands were answered with purchase ${id}`)
    else if (this.#purchases.size < PURCHASES_MAX) this.#purchases.add(id)
  }
}
