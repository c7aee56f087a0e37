import { START_GOLD } from "../../domain/commands/registerPlayer.js"

/** What the server has promised of one player. */
export class Account {
  readonly id: string
  gold = START_GOLD
  readonly swords = new Map<string, number>()
  guild: string | null = null
  /** A guild command is on its way: so the membership at the end is known. */
  guildBusy = false

  constructor(id: string) {
    this.id = id
  }

  bought(type: string, price: number): void {
    this.gold -= price
    this.swords.set(type, (this.swords.get(type) ?? 0) + 1)
  }
}

/** All promises of a run, and what of the answers was wrong by itself. */
export class Ledger {
  readonly accounts: readonly Account[]
  readonly guilds = new Set<string>()
  readonly wrongAnswers: string[] = []
  readonly #purchases = new Set<string>()

  constructor(ids: readonly string[]) {
    this.accounts = ids.map(id => new Account(id))
  }

  wrong(what: string): void {
    if (this.wrongAnswers.length < 100) this.wrongAnswers.push(what)
  }

  /** False when another purchase had the same id. */
  addPurchase(id: string): boolean {
    const isNew = !this.#purchases.has(id)
    this.#purchases.add(id)
    return isNew
  }
}
