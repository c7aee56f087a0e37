import { setTimeout as lasting } from "node:timers/promises"
import { request } from "undici"

/** How long a command is retried until its answer is definite, and the pause between tries. */
const DEFINITE_WITHIN_MS = 60_000
const AGAIN_MS = 50

/** After this much silence a connection is given up, and the command is sent again with the same key. */
const ANSWER_WITHIN_MS = 10_000

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

interface Payload {
  readonly refusal: { readonly code: string } | null
  readonly position: string
  readonly purchase?: Purchase | null
}

interface Player {
  readonly id: string
  guild: string | null
}

export interface MarketOptions {
  /** Each try goes to one of these. */
  readonly urls: () => readonly string[]
  readonly players: number
  /** Begins the players' ids and the keys. */
  readonly name: string
  readonly random: () => number
}

/** Players that buy swords, join guilds and leave them, and what they were promised. */
export class Market {
  readonly guilds = ["night-watch", "merchants"] as const
  /** In the order of the answers. */
  readonly happened: Happened[] = []
  /** From a purchase's id to when its answer came, by `performance.now()`. */
  readonly answeredAt = new Map<string, number>()
  /** How many tries had no definite answer. */
  doubts = 0
  readonly #options: MarketOptions
  readonly #players: readonly Player[]
  #keys = 0

  constructor(options: MarketOptions) {
    this.#options = options
    this.#players = Array.from({ length: options.players }, (_, n) => ({
      id: `${options.name}-${n}`,
      guild: null,
    }))
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

  /** Sends it with the same key until the answer is definite. */
  async #mutate(name: string, input: object): Promise<Payload> {
    this.#keys += 1
    const idempotencyKey = `${this.#options.name}-${this.#keys}`
    const body = JSON.stringify({
      query: queryOf(name),
      variables: { input: { ...input, idempotencyKey } },
    })
    const until = Date.now() + DEFINITE_WITHIN_MS
    let last = ""
    while (Date.now() < until) {
      const answer = await this.#ask(body)
      if (typeof answer !== "string") {
        if (answer.refusal === null) return answer
        throw new Error(`${name}: refused with ${answer.refusal.code}`)
      }
      last = answer
      this.doubts += 1
      await lasting(AGAIN_MS)
    }
    throw new Error(`${name}: no definite answer: ${last}`)
  }

  /** Answers why there is no payload, where another try may bring one. */
  async #ask(body: string): Promise<Payload | string> {
    const url = this.#oneOf(this.#options.urls())
    const headers = { "content-type": "application/json" }
    let text: string
    try {
      const within = { headersTimeout: ANSWER_WITHIN_MS, bodyTimeout: ANSWER_WITHIN_MS }
      const answer = await request(url, { method: "POST", headers, body, ...within })
      text = await answer.body.text()
    } catch (error) {
      return String(error)
    }
    const { data, errors } = JSON.parse(text) as Answer
    if (data?.answer) return data.answer
    const { code, retryable = false } = errors?.[0]?.extensions ?? {}
    // The expired request itself cannot be retried, but a new one with this key gives the true answer.
    if (retryable || code === "REQUEST_EXPIRED") return text
    throw new Error(`no answer, and no other try will bring one: ${text}`)
  }
}

interface Answer {
  readonly data?: { readonly answer: Payload | null } | null
  readonly errors?: readonly {
    readonly extensions: { readonly code: string; readonly retryable?: boolean }
  }[]
}

function queryOf(name: string): string {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const bought = name === "buySword" ? "purchase { id region guildId purchasedAt sword { type } }" : ""
  return `mutation ($input: ${type}!) { answer: ${name}(input: $input) { refusal { code } position ${bought} } }`
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
