import { type Definite, DefiniteSender, type DefiniteSenderOptions } from "./definiteSender.js"

const SWORDS = ["wooden-sword", "dagger", "gladius", "katana"] as const
const REGIONS = ["eu", "us", "asia"] as const

/** The shares of a player's turns that are bursts of purchases, and that concern its guild. */
const BURSTS = 0.1
const GUILDS = 0.1
const BURST = 3

/** What a mutation was promised to have done. */
export interface Happened {
  readonly type: "SwordBought" | "GuildJoined" | "GuildLeft"
  readonly player: string
  /** Of a purchase: the player's at that time. */
  readonly guild: string | null
  /** Of its commit, in the log. */
  readonly offset: number
  readonly purchase: Purchase | null
}

export interface Purchase {
  readonly id: string
  readonly region: string
  readonly guildId: string | null
  readonly purchasedAt: string
  readonly sword: { readonly type: string }
}

interface Payload extends Definite {
  readonly purchase?: Purchase | null
}

interface Player {
  readonly id: string
  guild: string | null
}

/** The name also begins the players' ids. */
export interface MarketOptions extends DefiniteSenderOptions {
  readonly players: number
}

/** Players that buy swords, join guilds and leave them, and what they were promised. */
export class Market {
  readonly guilds = ["night-watch", "merchants"] as const
  /** In the order of the answers. */
  readonly happened: Happened[] = []
  /** From a purchase's id to when its answer came, by `performance.now()`. */
  readonly answeredAt = new Map<string, number>()
  readonly #options: MarketOptions
  readonly #sender: DefiniteSender
  readonly #players: readonly Player[]

  constructor(options: MarketOptions) {
    this.#options = options
    this.#sender = new DefiniteSender(options)
    this.#players = Array.from({ length: options.players }, (_, n) => ({
      id: `${options.name}-${n}`,
      guild: null,
    }))
  }

  /** How many tries had no definite answer. */
  get doubts(): number {
    return this.#sender.doubts
  }

  get players(): readonly string[] {
    return this.#players.map(({ id }) => id)
  }

  /** Registers the players, who become rich, and founds the guilds. */
  async open(): Promise<void> {
    const register = async ({ id }: Player) => {
      await this.#mutate("registerPlayer", { playerId: id, name: "🗡".repeat(64), region: "eu" })
      await this.#mutate("grantGold", { playerId: id, amount: 1_000_000_000, reason: "test" })
    }
    await Promise.all(this.#players.map(register))
    for (const [n, name] of this.guilds.entries()) {
      const founder = this.#players[n]
      if (founder === undefined) throw new Error("too few players to found the guilds")
      await this.#mutate("foundGuild", { founderId: founder.id, name, capacity: 500 })
      founder.guild = name
    }
  }

  /** All players at once, each with one turn at a time, until it is over. */
  async play(isOver: () => boolean): Promise<void> {
    const turns = async (player: Player, n: number) => {
      while (!isOver()) await this.#turn(player, n < this.guilds.length)
    }
    await Promise.all(this.#players.map(turns))
  }

  /** Founders stay, so that no guild ends. */
  #turn(player: Player, isFounder: boolean): Promise<unknown> {
    const what = this.#options.random()
    if (what < GUILDS && !isFounder) {
      return player.guild === null ? this.#join(player) : this.#leave(player, player.guild)
    }
    if (what > 1 - BURSTS) return Promise.all(Array.from({ length: BURST }, () => this.#buy(player)))
    return this.#buy(player)
  }

  async #buy({ id }: Player): Promise<void> {
    const input = { playerId: id, swordType: this.#oneOf(SWORDS), region: this.#oneOf(REGIONS) }
    const { purchase } = await this.#mutate("buySword", input)
    if (!purchase) throw new Error("buySword: no purchase in the answer")
    this.answeredAt.set(purchase.id, performance.now())
    const offset = Number(purchase.id.split("-")[0])
    this.happened.push({ type: "SwordBought", player: id, guild: purchase.guildId, offset, purchase })
  }

  async #join(player: Player): Promise<void> {
    const guild = this.#oneOf(this.guilds)
    const { position } = await this.#mutate("joinGuild", { playerId: player.id, guildId: guild })
    player.guild = guild
    this.#note("GuildJoined", player.id, guild, position)
  }

  async #leave(player: Player, guild: string): Promise<void> {
    const { position } = await this.#mutate("leaveGuild", { playerId: player.id, guildId: guild })
    player.guild = null
    this.#note("GuildLeft", player.id, guild, position)
  }

  #note(type: Happened["type"], player: string, guild: string, position: string): void {
    this.happened.push({ type, player, guild, offset: offsetBefore(position), purchase: null })
  }

  #oneOf<T extends string>(choices: readonly T[]): T {
    const choice = choices[Math.floor(this.#options.random() * choices.length)]
    if (choice === undefined) throw new Error("nothing to choose from")
    return choice
  }

  async #mutate(name: string, input: object): Promise<Payload> {
    const bought = name === "buySword" ? "purchase { id region guildId purchasedAt sword { type } }" : ""
    const answer = await this.#sender.mutate<Payload>(name, input, bought)
    if (answer.refusal === null) return answer
    throw new Error(`${name}: refused with ${answer.refusal.code}`)
  }
}

/**
 * A position is the offset after its commit. Clients need not know that, but a test that compares positions
 * does.
 */
function offsetBefore(position: string): number {
  const text = Buffer.from(position, "base64url").toString()
  const [, offset] = /:(\d+)$/.exec(text) ?? []
  if (offset === undefined) throw new Error(`no position: ${text}`)
  return Number(offset) - 1
}
