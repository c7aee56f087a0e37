import { setTimeout as lasting } from "node:timers/promises"
import { DefiniteSender, type DefiniteSenderOptions } from "./definiteSender.js"
import { ask } from "./guildhall.js"

const SWORDS = ["wooden-sword", "dagger", "gladius"] as const

/** What each trader begins with, of each type of sword; gold stays for all of them. */
const SWORDS_EACH = 40
const GOLD_GRANTED = 100_000

/** The most of one type, and the most gold, that one side of a trade gives. */
const COUNT_MAX = 15
const GOLD_MAX = 2000

/** The shares of a turn that are a gift, and of the trades those withdrawn, and those accepted twice at once. */
const GIFTS = 0.15
const WITHDRAWN = 0.15
const TWICE = 0.2

/** Before a server that did not answer is asked again. */
const AGAIN_MS = 50

interface Goods {
  readonly gold: number
  readonly swords: readonly { readonly swordType: string; readonly count: number }[]
}

/** What a trader has. */
export interface Holdings {
  readonly gold: number
  /** Sword type to count; none with count 0. */
  readonly swords: Readonly<Record<string, number>>
}

/** All traders at one moment, as one answer has them. */
interface Sight {
  readonly holdings: readonly Holdings[]
  /** The ids of open trades: as those who offer have them, and as those who may accept. */
  readonly made: readonly string[]
  readonly received: readonly string[]
}

/** A trade that was made, or a gift that was given. */
interface Exchange {
  readonly type: "TradeMade" | "GiftGiven"
  readonly between: readonly string[]
}

interface TradeAnswer {
  readonly trade: { readonly id: string } | null
}

export interface BazaarOptions extends DefiniteSenderOptions {
  readonly traders: number
}

/** Traders who swap and give away swords and gold, what they were promised, and readers who watch them. */
export class Bazaar {
  readonly traders: readonly string[]
  /** What was promised to have happened, in the order of the answers. */
  readonly happened: Exchange[] = []
  /** How many offers were accepted twice at once. */
  acceptedTwice = 0
  /** How often readers saw all traders. */
  sights = 0
  /** What must not be: each would be a bug of the server's. */
  readonly problems: string[] = []
  readonly #options: BazaarOptions
  readonly #sender: DefiniteSender
  /** From a trader to what it must have once nothing is under way. */
  readonly #expected = new Map<string, { gold: number; swords: Record<string, number> }>()

  constructor(options: BazaarOptions) {
    this.#options = options
    this.#sender = new DefiniteSender(options)
    this.traders = Array.from({ length: options.traders }, (_, n) => `${options.name}-trader-${n}`)
  }

  /** Registers the traders, who buy their stock. */
  async open(): Promise<void> {
    await Promise.all(this.traders.map(id => this.#stock(id)))
  }

  /** What each trader must have, in their order. */
  get expected(): readonly Holdings[] {
    return this.traders.map(id => {
      const { gold, swords } = this.#of(id)
      return { gold, swords: withoutZeros(swords) }
    })
  }

  /** How many trades were made. */
  get trades(): number {
    return this.happened.filter(({ type }) => type === "TradeMade").length
  }

  /** All traders at once, each with one turn at a time, until it is over. */
  async trade(isOver: () => boolean): Promise<void> {
    const turns = async (id: string) => {
      while (!isOver()) await this.#turn(id)
    }
    await Promise.all(this.traders.map(turns))
  }

  /** Waits until more than this many trades were made, or something is wrong. */
  async traded(count: number): Promise<void> {
    while (this.trades <= count && this.problems.length === 0) await lasting(AGAIN_MS)
  }

  /** Asks a server for all traders at once, again and again, and checks what it sees, until it is over. */
  async watch(url: () => string, isOver: () => boolean): Promise<void> {
    const all = sumOf(this.expected)
    while (!isOver()) {
      const sight = await this.look(url()).catch(() => null)
      if (sight === null) await lasting(AGAIN_MS)
      else this.#check(sight, all)
    }
  }

  /** All traders, by one query. Throws when the server is away or has no answer. */
  async look(url: string): Promise<Sight> {
    const { data } = await ask(url, LOOK, { ids: this.traders })
    const players = data?.players as readonly PlayerSeen[] | undefined
    if (!players) throw new Error("no answer")
    const idsOf = (trades: PlayerSeen["trades"]) => trades.map(({ id }) => id)
    return {
      holdings: players.map(({ gold, inventory }) => ({
        gold,
        swords: Object.fromEntries(inventory.map(({ sword, count }) => [sword.type, count])),
      })),
      made: players.flatMap(({ trades }) => idsOf(trades)).sort(),
      received: players.flatMap(({ offers }) => idsOf(offers)).sort(),
    }
  }

  #check({ holdings, made, received }: Sight, all: string): void {
    this.sights += 1
    const sum = sumOf(holdings)
    if (sum !== all) this.problems.push(`seen ${sum}, there are ${all}`)
    for (const { gold, swords } of holdings) {
      if (gold < 0) this.problems.push(`seen ${gold} gold`)
      for (const [type, count] of Object.entries(swords)) {
        if (count < 1) this.problems.push(`seen ${count} of ${type}`)
      }
    }
    if (made.join() !== received.join())
      this.problems.push(`offered ${made.join()}, received ${received.join()}`)
  }

  async #stock(id: string): Promise<void> {
    await this.#accepted("registerPlayer", { playerId: id, name: "Trader", region: "eu" })
    await this.#accepted("grantGold", { playerId: id, amount: GOLD_GRANTED, reason: "stock" })
    const buys = SWORDS.flatMap(swordType => Array.from({ length: SWORDS_EACH }, () => swordType))
    await Promise.all(buys.map(swordType => this.#accepted("buySword", { playerId: id, swordType })))
    const { data } = await ask(
      this.#options.urls()[0] ?? "",
      "query ($id: ID!) { player(id: $id) { gold } }",
      { id },
    )
    const player = data?.player as { gold: number } | undefined
    if (!player) throw new Error(`${id} is not there`)
    this.#expected.set(id, {
      gold: player.gold,
      swords: Object.fromEntries(SWORDS.map(type => [type, SWORDS_EACH])),
    })
  }

  async #accepted(name: string, input: object): Promise<void> {
    const { refusal } = await this.#sender.mutate(name, input)
    if (refusal !== null) throw new Error(`${name}: refused with ${refusal.code}`)
  }

  async #turn(id: string): Promise<void> {
    const other = this.#anyOther(id)
    if (this.#options.random() < GIFTS) await this.#give(id, other)
    else await this.#offer(id, other)
  }

  async #give(from: string, to: string): Promise<void> {
    const swordType = this.#anySword()
    const gold = 1 + this.#upTo(GOLD_MAX)
    const ofGold = this.#options.random() < 0.5
    const gift = ofGold ? { gold } : { swordType }
    const { refusal } = await this.#sender.mutate("gift", { fromPlayerId: from, toPlayerId: to, ...gift })
    if (refusal !== null) return
    this.happened.push({ type: "GiftGiven", between: [from, to] })
    this.#move(from, to, ofGold ? { gold, swords: [] } : { gold: 0, swords: [{ swordType, count: 1 }] })
  }

  /** An offer that the rules allow is accepted or withdrawn by this turn, so that few stay open. */
  async #offer(from: string, to: string): Promise<void> {
    const [gives, wants] = [this.#goods(), this.#goods()]
    const offer = { playerId: from, toPlayerId: to, gives, wants }
    const { refusal, trade } = await this.#sender.mutate<TradeAnswer>("offerTrade", offer, "trade { id }")
    if (refusal !== null) return
    if (!trade) throw new Error("offerTrade: neither a trade nor a refusal")
    if (this.#options.random() < WITHDRAWN) return this.#withdraw(from, to, trade.id)
    const made = await this.#accept(from, to, trade.id)
    if (!made) return this.#withdraw(to, from, trade.id)
    this.happened.push({ type: "TradeMade", between: [from, to] })
    this.#move(from, to, gives)
    this.#move(to, from, wants)
  }

  /** Whether it was made: of two who accept at once, one. */
  async #accept(from: string, to: string, tradeId: string): Promise<boolean> {
    const accept = () => this.#sender.mutate("acceptTrade", { playerId: to, fromPlayerId: from, tradeId })
    const twice = this.#options.random() < TWICE
    const answers = await Promise.all(twice ? [accept(), accept()] : [accept()])
    const made = answers.filter(({ refusal }) => refusal === null).length
    if (twice && made > 0) this.acceptedTwice += 1
    if (made > 1) this.problems.push(`${tradeId} was made ${made} times`)
    return made > 0
  }

  async #withdraw(id: string, other: string, tradeId: string): Promise<void> {
    await this.#accepted("withdrawTrade", { playerId: id, otherPlayerId: other, tradeId })
  }

  #move(from: string, to: string, { gold, swords }: Goods): void {
    const [giver, receiver] = [this.#of(from), this.#of(to)]
    giver.gold -= gold
    receiver.gold += gold
    for (const { swordType, count } of swords) {
      giver.swords[swordType] = (giver.swords[swordType] ?? 0) - count
      receiver.swords[swordType] = (receiver.swords[swordType] ?? 0) + count
    }
  }

  /** Both sides may hold the same type, and often more than the trader has. */
  #goods(): Goods {
    const swords = SWORDS.filter(() => this.#options.random() < 0.4).map(swordType => {
      return { swordType, count: 1 + this.#upTo(COUNT_MAX) }
    })
    return { gold: 1 + this.#upTo(GOLD_MAX), swords }
  }

  #of(id: string): { gold: number; swords: Record<string, number> } {
    const expected = this.#expected.get(id)
    if (expected === undefined) throw new Error(`${id} is no trader`)
    return expected
  }

  #anyOther(id: string): string {
    const others = this.traders.filter(other => other !== id)
    return others[this.#upTo(others.length)] ?? id
  }

  #anySword(): string {
    return SWORDS[this.#upTo(SWORDS.length)] ?? SWORDS[0]
  }

  #upTo(end: number): number {
    return Math.floor(this.#options.random() * end)
  }
}

const LOOK = `query ($ids: [ID!]!) { players(ids: $ids) {
  gold inventory { sword { type } count } trades { id } offers { id }
} }`

interface PlayerSeen {
  readonly gold: number
  readonly inventory: readonly { readonly sword: { readonly type: string }; readonly count: number }[]
  readonly trades: readonly { readonly id: string }[]
  readonly offers: readonly { readonly id: string }[]
}

function withoutZeros(swords: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(swords).filter(([, count]) => count !== 0))
}

/** What all have together, as one line. */
function sumOf(holdings: readonly Holdings[]): string {
  const sums = new Map<string, number>()
  const add = (what: string, count: number) => sums.set(what, (sums.get(what) ?? 0) + count)
  for (const { gold, swords } of holdings) {
    add("gold", gold)
    for (const [type, count] of Object.entries(swords)) add(type, count)
  }
  return [...sums]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([what, sum]) => `${sum} ${what}`)
    .join(", ")
}
