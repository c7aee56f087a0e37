import { Account, type ExpectedPlayer } from "./account.js"
import type { LoadCommand, PromisedEffect } from "./command.js"
import { movesOf, movesOfEffect } from "./moves.js"

/** How many wrong answers are kept for display; all are counted. */
const WRONG_SHOWN_MAX = 100

const REASONS_SHOWN_MAX = 20

/** How many ids of purchases, fights, gifts and trades are checked for duplicates, as both a Set and memory are bounded. */
const IDS_MAX = 5_000_000

/** All promises of a run, and the answers that were wrong in themselves. */
export class Ledger {
  readonly accounts: readonly Account[]
  readonly guilds = new Set<string>()
  /** The trades of which an acceptance or a withdrawal is in flight or in doubt: only one at a time. */
  readonly busyTrades = new Set<string>()
  /** Commands that may have happened. */
  readonly inDoubt: LoadCommand[] = []
  /** How many commands were given up and have certainly not happened. */
  failed = 0
  /** The first reasons for that. */
  readonly reasons: string[] = []
  wrongCount = 0
  readonly wrongAnswers: string[] = []
  readonly #byId: ReadonlyMap<string, Account>
  readonly #ids = new Set<string>()

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

  /** A command is about to be sent. */
  ask(command: LoadCommand): void {
    for (const move of movesOf(command)) this.#byId.get(move.player)?.ask(move)
  }

  /** It has certainly not moved anything. */
  release(command: LoadCommand): void {
    for (const move of movesOf(command)) this.#byId.get(move.player)?.release(move)
  }

  apply(effect: PromisedEffect): void {
    if ("id" in effect && effect.kind !== "trade" && effect.kind !== "withdrawal") this.#holdDistinct(effect)
    for (const move of movesOfEffect(effect)) this.#byId.get(move.player)?.apply(move)
    const account = this.#byId.get(effect.player)
    switch (effect.kind) {
      case "guild":
        if (effect.guild !== null) this.guilds.add(effect.guild)
        if (account !== undefined) account.guild = effect.guild
        break
      case "fight":
      case "rest":
        if (account !== undefined) account.health = effect.health
        break
      case "offer": {
        const { id, player: from, other: to, gives, wants } = effect
        account?.trades.set(id, { id, from, to, gives, wants })
        this.#byId.get(to)?.offers.set(id, { id, from, to, gives, wants })
        break
      }
      case "trade":
      case "withdrawal":
        for (const { trades, offers } of [account, this.#byId.get(effect.other)].filter(
          one => one !== undefined,
        )) {
          trades.delete(effect.id)
          offers.delete(effect.id)
        }
    }
  }

  /** Whether a command of the run was answered with this purchase. */
  isPromised(purchaseId: string): boolean {
    return this.#ids.has(purchaseId)
  }

  #holdDistinct({ kind, id }: { readonly kind: string; readonly id: string }): void {
    if (this.#ids.has(id)) this.wrong(`two commands were answered with ${kind} ${id}`)
    else if (this.#ids.size < IDS_MAX) this.#ids.add(id)
  }
}
