import DataLoader from "dataloader"
import { type Aggregate, guildAggregate, playerAggregate } from "../domain/aggregates.js"
import type { GuildState } from "../domain/guild.js"
import type { PlayerState } from "../domain/player.js"
import type { PastState, Prefix } from "../history/asOf.js"
import { Fault } from "../ports/faults.js"
import type { Document } from "../projections/document.js"
import type { Purchases } from "../projections/purchases.js"
import type { StateAnswer } from "../projections/stateReader.js"
import type { Game } from "./game.js"
import { historyOf } from "./historyOf.js"
import { Guild } from "./types/guild.js"
import { Player } from "./types/player.js"

/** The most names in one read of the views. */
const BATCH_MAX = 500

/** The size of a page of members. Each may have thousands of events. */
const PAST_BATCH_MAX = 100

/** Players and guilds by id, as of now; null where none exists. */
export interface Known {
  readonly players: ReadonlyMap<string, Player | null>
  readonly guilds: ReadonlyMap<string, Guild | null>
}

const NOTHING_KNOWN: Known = { players: new Map(), guilds: new Map() }

/**
 * The reads of one request, as of this process's tail: each player and guild is read once, and those
 * requested together are read together. All throw what `StateReader.read` throws, and an aggregate's own
 * fault if it is frozen.
 */
export class Loaders {
  readonly #game: Game
  readonly #deadline: number
  readonly #left: AbortSignal
  #players = this.#playerLoader()
  #guilds = this.#guildLoader()
  #purchases = this.#purchasesLoader()
  readonly #pasts = new Map<Prefix, Past>()

  /** The deadline is in milliseconds since 1970; `left` is aborted when nobody waits any more. */
  constructor(game: Game, deadline: number, left: AbortSignal) {
    this.#game = game
    this.#left = left
    this.#deadline = deadline
  }

  player(id: string): Promise<Player | null> {
    return this.#players.load(id)
  }

  guild(id: string): Promise<Guild | null> {
    return this.#guilds.load(id)
  }

  /** A player's last purchases, newest first. */
  purchases(player: string): Promise<Purchases> {
    return this.#purchases.load(player)
  }

  /** Players and guilds as of a prefix of the log; `null` means as of now. */
  asOf(prefix: Prefix | null): Pick<Loaders, "player" | "guild"> {
    if (prefix === null) return this
    const known = this.#pasts.get(prefix)
    if (known !== undefined) return known
    const nameOf = async (id: string) => (await this.player(id))?.name ?? null
    const past = new Past({ history: historyOf(this.#game), prefix, nameOf, left: this.#left })
    this.#pasts.set(prefix, past)
    return past
  }

  /** Forgets what was read, as the tail has moved and later reads must see that. Keeps what is passed. */
  renew({ players, guilds } = NOTHING_KNOWN): void {
    this.#players = this.#playerLoader()
    this.#guilds = this.#guildLoader()
    this.#purchases = this.#purchasesLoader()
    for (const [id, player] of players) this.#players.prime(id, player)
    for (const [id, guild] of guilds) this.#guilds.prime(id, guild)
  }

  #playerLoader(): DataLoader<string, Player | null> {
    return this.#loader<Player | null>(async ids => {
      const view = await this.#read(ids.map(playerAggregate))
      return ids.map(id => unlessFrozen(view, playerAggregate(id), playerOf))
    })
  }

  #guildLoader(): DataLoader<string, Guild | null> {
    return this.#loader<Guild | null>(async ids => {
      const view = await this.#read(ids.map(guildAggregate))
      return ids.map(id => unlessFrozen(view, guildAggregate(id), guildOf))
    })
  }

  #purchasesLoader(): DataLoader<string, Purchases> {
    return this.#loader(async players => {
      const view = await this.#game.stateReader.read({ purchases: players }, this.#deadline)
      return players.map(player => view.purchases(player))
    })
  }

  #loader<T>(read: (keys: readonly string[]) => Promise<(T | Error)[]>): DataLoader<string, T> {
    return new DataLoader<string, T>(read, { maxBatchSize: BATCH_MAX })
  }

  #read(aggregates: readonly Aggregate[]): Promise<StateAnswer> {
    return this.#game.stateReader.read({ aggregates }, this.#deadline)
  }
}

function playerOf({ state, version }: Document): Player | null {
  return state === null ? null : new Player(state as PlayerState, version)
}

function guildOf({ state }: Document): Guild | null {
  return state === null ? null : new Guild(state as GuildState)
}

/**
 * The document of a frozen aggregate is not current: it gives a fault, and the others of the batch are
 * answered.
 */
function unlessFrozen<T>(
  view: StateAnswer,
  aggregate: Aggregate,
  make: (document: Document) => T,
): T | Fault {
  const document = view.document(aggregate)
  const { frozen } = document
  if (frozen === undefined) return make(document)
  return new Fault(frozen.code, `${aggregate} is frozen at offset ${frozen.offset}: ${frozen.reason}`)
}

interface PastOptions {
  readonly history: Pick<NonNullable<Game["history"]>, "statesAsOf">
  readonly prefix: Prefix
  /** The name of a player as of now: it is personal and therefore not in the lake. */
  readonly nameOf: (id: string) => Promise<string | null>
  readonly left: AbortSignal
}

/** Players and guilds as of a prefix of the log; null where none existed. */
class Past {
  readonly #options: PastOptions
  readonly #players = new DataLoader<string, Player | null>(ids => this.#playersOf(ids), {
    maxBatchSize: PAST_BATCH_MAX,
  })
  readonly #guilds = new DataLoader<string, Guild | null>(ids => this.#guildsOf(ids), {
    maxBatchSize: PAST_BATCH_MAX,
  })

  constructor(options: PastOptions) {
    this.#options = options
  }

  player(id: string): Promise<Player | null> {
    return this.#players.load(id)
  }

  guild(id: string): Promise<Guild | null> {
    return this.#guilds.load(id)
  }

  async #playersOf(ids: readonly string[]): Promise<(Player | null)[]> {
    const { prefix, nameOf } = this.#options
    const states = await this.#states(ids.map(playerAggregate))
    return Promise.all(
      states.map(async ({ state, version }, i) => {
        if (state === null) return null
        const named = { ...(state as PlayerState), name: await nameOf(ids[i] ?? "") }
        return new Player(named, version, prefix)
      }),
    )
  }

  async #guildsOf(ids: readonly string[]): Promise<(Guild | null)[]> {
    const states = await this.#states(ids.map(guildAggregate))
    return states.map(({ state }) => {
      return state === null ? null : new Guild(state as GuildState, this.#options.prefix)
    })
  }

  async #states(aggregates: readonly Aggregate[]): Promise<PastState[]> {
    const { history, prefix, left } = this.#options
    const states = await history.statesAsOf(prefix, aggregates, left)
    return aggregates.map(aggregate => states.get(aggregate) ?? { state: null, version: 0 })
  }
}
