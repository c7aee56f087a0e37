import DataLoader from "dataloader"
import { type Aggregate, guildAggregate, playerAggregate } from "../domain/aggregates.js"
import type { GuildState } from "../domain/guild.js"
import type { PlayerState } from "../domain/player.js"
import type { PastState, Prefix } from "../history/asOf.js"
import type { Game } from "./game.js"
import { Guild } from "./types/guild.js"
import { Player } from "./types/player.js"

/** The size of a page of members. Each may have thousands of events. */
const BATCH_MAX = 100

export interface PastOptions {
  readonly history: Pick<NonNullable<Game["history"]>, "statesAsOf">
  readonly prefix: Prefix
  /** The name of a player as of now: it is personal and therefore not in the lake. */
  readonly nameOf: (id: string) => Promise<string | null>
  readonly left: AbortSignal
}

/** Players and guilds as of a prefix of the log; null where none existed. */
export class Past {
  readonly #options: PastOptions
  readonly #players = new DataLoader<string, Player | null>(ids => this.#playersOf(ids), {
    maxBatchSize: BATCH_MAX,
  })
  readonly #guilds = new DataLoader<string, Guild | null>(ids => this.#guildsOf(ids), {
    maxBatchSize: BATCH_MAX,
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
