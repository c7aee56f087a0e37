import { slug } from "../../../src/domain/aggregates.js"
import { builtInCatalogue } from "../../../src/domain/catalogue.js"
import type { CommandName } from "../../../src/domain/commands.js"
import type { RefusalCode } from "../../../src/domain/refusals.js"
import type { Game, InputOf } from "./game.js"

interface ModelPlayer {
  gold: number
  swords: string[]
}

type Rules = { readonly [N in CommandName]: (input: InputOf<N>) => RefusalCode | null }

const GOLD_LIMIT = 2 ** 53 - 1

/**
 * The rules of the game once more, as plainly as possible and without events, to compare the real ones with.
 * Each rule changes the maps or returns the code of its refusal.
 */
export class Model {
  readonly players = new Map<string, ModelPlayer>()
  readonly guilds = new Map<string, { capacity: number; members: Set<string> }>()
  /** All gold ever created, less all gold spent. */
  gold = 0

  readonly rules: Rules = {
    registerPlayer: ({ playerId }) => {
      if (this.players.has(playerId)) return "PLAYER_EXISTS"
      this.players.set(playerId, { gold: 1000, swords: [] })
      this.gold += 1000
      return null
    },
    grantGold: ({ playerId, amount }) => {
      const player = this.players.get(playerId)
      if (player === undefined) return "PLAYER_NOT_FOUND"
      // In big integers, as the sum may exceed what numbers hold exactly.
      if (BigInt(player.gold) + BigInt(amount) > BigInt(GOLD_LIMIT)) return "GOLD_LIMIT"
      player.gold += amount
      this.gold += amount
      return null
    },
    buySword: ({ playerId, swordType }) => {
      const player = this.players.get(playerId)
      if (player === undefined) return "PLAYER_NOT_FOUND"
      const sword = builtInCatalogue.sword(swordType)
      if (sword === undefined) return "UNKNOWN_SWORD"
      if (player.gold < sword.price) return "NOT_ENOUGH_GOLD"
      player.gold -= sword.price
      player.swords.push(swordType)
      this.gold -= sword.price
      return null
    },
    foundGuild: ({ founderId, name, capacity }) => {
      if (!this.players.has(founderId)) return "PLAYER_NOT_FOUND"
      if (this.#guildOf(founderId) !== null) return "ALREADY_IN_GUILD"
      if (this.guilds.has(slug(name))) return "GUILD_EXISTS"
      this.guilds.set(slug(name), { capacity, members: new Set([founderId]) })
      return null
    },
    joinGuild: ({ playerId, guildId }) => {
      if (!this.players.has(playerId)) return "PLAYER_NOT_FOUND"
      if (this.#guildOf(playerId) !== null) return "ALREADY_IN_GUILD"
      const guild = this.guilds.get(guildId)
      if (guild === undefined) return "GUILD_NOT_FOUND"
      if (guild.members.size === guild.capacity) return "GUILD_FULL"
      guild.members.add(playerId)
      return null
    },
    leaveGuild: ({ playerId, guildId }) => {
      if (!this.players.has(playerId)) return "PLAYER_NOT_FOUND"
      const guild = this.guilds.get(guildId)
      if (!guild?.members.delete(playerId)) return "NOT_A_MEMBER"
      if (guild.members.size === 0) this.guilds.delete(guildId)
      return null
    },
  }

  perform<N extends CommandName>(name: N, input: InputOf<N>): RefusalCode | null {
    return this.rules[name](input)
  }

  /** The whole state, comparable with `summaryOf`. */
  get summary(): Summary {
    const players = [...this.players].map(([id, { gold, swords: owned }]) => {
      return [id, { gold, swords: [...owned].sort(), guild: this.#guildOf(id) }] as const
    })
    const guilds = [...this.guilds].map(([id, { capacity, members }]) => {
      return [id, { capacity, members: [...members].sort() }] as const
    })
    return { players: new Map(players), guilds: new Map(guilds) }
  }

  #guildOf(player: string): string | null {
    for (const [id, { members }] of this.guilds) if (members.has(player)) return id
    return null
  }
}

export interface Summary {
  readonly players: ReadonlyMap<string, { gold: number; swords: readonly string[]; guild: string | null }>
  readonly guilds: ReadonlyMap<string, { capacity: number; members: readonly string[] }>
}

export function summaryOf(game: Game): Summary {
  const players = game.players.map(({ id, gold, swords: counts, guild }) => {
    const owned = Object.entries(counts).flatMap(([type, count]) => Array<string>(count).fill(type))
    return [id, { gold, swords: owned.sort(), guild }] as const
  })
  const guilds = game.guilds.map(({ id, capacity, members }) => [id, { capacity, members }] as const)
  return { players: new Map(players), guilds: new Map(guilds) }
}
