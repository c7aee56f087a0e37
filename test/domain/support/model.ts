import { slug } from "../../../src/domain/aggregates.js"
import { builtInCatalogue } from "../../../src/domain/catalogue.js"
import type { CommandName } from "../../../src/domain/commands.js"
import type { Goods } from "../../../src/domain/goods.js"
import type { RefusalCode } from "../../../src/domain/refusals.js"
import type { Game, InputOf } from "./game.js"

interface ModelPlayer {
  gold: number
  health: number
  /** The type of each. */
  swords: string[]
  beaten: number
}

interface ModelTrade {
  readonly from: string
  readonly to: string
  readonly gives: Goods
  readonly wants: Goods
}

type Rules = { readonly [N in CommandName]: (input: InputOf<N>, id: string) => RefusalCode | null }

const GOLD_LIMIT = 2 ** 53 - 1

/**
 * The rules of the game once more, as plainly as possible and without events, to compare the real ones with.
 * Each rule changes the maps or returns the code of its refusal.
 */
export class Model {
  readonly players = new Map<string, ModelPlayer>()
  readonly guilds = new Map<string, { capacity: number; members: Set<string> }>()
  readonly trades = new Map<string, ModelTrade>()
  /** All gold ever created, less all gold spent. */
  gold = 0

  readonly rules: Rules = {
    registerPlayer: ({ playerId }) => {
      if (this.players.has(playerId)) return "PLAYER_EXISTS"
      this.players.set(playerId, newPlayer(1000))
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
    sellSword: ({ playerId, swordType }) => {
      const player = this.players.get(playerId)
      if (player === undefined) return "PLAYER_NOT_FOUND"
      const sword = builtInCatalogue.sword(swordType)
      if (sword === undefined) return "UNKNOWN_SWORD"
      if (!player.swords.includes(swordType)) return "SWORD_NOT_OWNED"
      const price = Math.floor(sword.price / 2)
      if (player.gold + price > GOLD_LIMIT) return "GOLD_LIMIT"
      player.swords.splice(player.swords.indexOf(swordType), 1)
      player.gold += price
      this.gold += price
      return null
    },
    fightMonster: ({ playerId, monster: type }) => {
      const player = this.players.get(playerId)
      if (player === undefined) return "PLAYER_NOT_FOUND"
      const monster = builtInCatalogue.monster(type)
      if (monster === undefined) return "UNKNOWN_MONSTER"
      if (player.health <= 0) return "TOO_WEAK"
      let best = 0
      for (const sword of player.swords) best = Math.max(best, builtInCatalogue.sword(sword)?.power ?? 0)
      if (best + Math.floor(player.health / 10) < monster.strength) {
        player.health = Math.max(0, player.health - monster.strength)
        return null
      }
      if (BigInt(player.gold) + BigInt(monster.gold) > BigInt(GOLD_LIMIT)) return "GOLD_LIMIT"
      player.health = Math.max(0, player.health - Math.ceil(monster.strength / 2))
      player.gold += monster.gold
      player.beaten += 1
      this.gold += monster.gold
      return null
    },
    rest: ({ playerId }) => {
      const player = this.players.get(playerId)
      if (player === undefined) return "PLAYER_NOT_FOUND"
      player.health = Math.min(100, player.health + 20)
      return null
    },
    gift: ({ fromPlayerId, toPlayerId, gold, swordType }) => {
      const giver = this.players.get(fromPlayerId)
      if (giver === undefined) return "PLAYER_NOT_FOUND"
      if (fromPlayerId === toPlayerId) return "SAME_PLAYER"
      if (gold !== null && giver.gold < gold) return "NOT_ENOUGH_GOLD"
      if (swordType !== null && !giver.swords.includes(swordType)) return "SWORD_NOT_OWNED"
      const receiver = this.players.get(toPlayerId)
      if (receiver === undefined) return "PLAYER_NOT_FOUND"
      if (BigInt(receiver.gold) + BigInt(gold ?? 0) > BigInt(GOLD_LIMIT)) return "GOLD_LIMIT"
      if (gold !== null) {
        giver.gold -= gold
        receiver.gold += gold
      } else if (swordType !== null) {
        giver.swords.splice(giver.swords.indexOf(swordType), 1)
        receiver.swords.push(swordType)
      }
      return null
    },
    offerTrade: ({ playerId, toPlayerId, gives, wants }, id) => {
      const player = this.players.get(playerId)
      if (player === undefined) return "PLAYER_NOT_FOUND"
      if (playerId === toPlayerId) return "SAME_PLAYER"
      if (wants.swords.some(({ swordType }) => builtInCatalogue.sword(swordType) === undefined)) {
        return "UNKNOWN_SWORD"
      }
      const missing = missingFrom(player, gives)
      if (missing !== null) return missing
      if (this.#tradesBy("from", playerId).length >= 20) return "TRADE_LIMIT"
      if (!this.players.has(toPlayerId)) return "PLAYER_NOT_FOUND"
      if (this.#tradesBy("to", toPlayerId).length >= 20) return "TRADE_LIMIT"
      this.trades.set(id, { from: playerId, to: toPlayerId, gives, wants })
      return null
    },
    acceptTrade: ({ playerId, fromPlayerId, tradeId }) => {
      const player = this.players.get(playerId)
      if (player === undefined) return "PLAYER_NOT_FOUND"
      const trade = this.trades.get(tradeId)
      if (trade?.from !== fromPlayerId || trade.to !== playerId) return "TRADE_NOT_FOUND"
      const other = this.players.get(fromPlayerId)
      if (other === undefined) throw new Error("an open trade of nobody")
      const { gives, wants } = trade
      const refusal =
        missingFrom(player, wants) ??
        tooMuch(player, wants, gives) ??
        missingFrom(other, gives) ??
        tooMuch(other, gives, wants)
      if (refusal !== null) return refusal
      for (const [owner, out, into] of [
        [player, wants, gives],
        [other, gives, wants],
      ] as const) {
        owner.gold += into.gold - out.gold
        for (const sword of listOf(out)) owner.swords.splice(owner.swords.indexOf(sword), 1)
        owner.swords.push(...listOf(into))
      }
      this.trades.delete(tradeId)
      return null
    },
    withdrawTrade: ({ playerId, otherPlayerId, tradeId }) => {
      if (!this.players.has(playerId)) return "PLAYER_NOT_FOUND"
      const trade = this.trades.get(tradeId)
      const both = [trade?.from, trade?.to].sort().join()
      if (both !== [playerId, otherPlayerId].sort().join()) return "TRADE_NOT_FOUND"
      this.trades.delete(tradeId)
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

  /** `id` is that of the event which the command makes. */
  perform<N extends CommandName>(name: N, input: InputOf<N>, id: string): RefusalCode | null {
    return this.rules[name](input, id)
  }

  /** The whole state, comparable with `summaryOf`. */
  get summary(): Summary {
    const players = [...this.players].map(([id, { gold, health, beaten, swords: owned }]) => {
      const trades = this.#tradesBy("from", id).sort()
      const offers = this.#tradesBy("to", id).sort()
      const rest = { swords: [...owned].sort(), guild: this.#guildOf(id), trades, offers }
      return [id, { gold, health, beaten, ...rest }] as const
    })
    const guilds = [...this.guilds].map(([id, { capacity, members }]) => {
      return [id, { capacity, members: [...members].sort() }] as const
    })
    return { players: new Map(players), guilds: new Map(guilds) }
  }

  #tradesBy(side: "from" | "to", player: string): string[] {
    return [...this.trades].filter(([, trade]) => trade[side] === player).map(([id]) => id)
  }

  #guildOf(player: string): string | null {
    for (const [id, { members }] of this.guilds) if (members.has(player)) return id
    return null
  }
}

/** A player who has nothing but gold. */
export function newPlayer(gold: number): ModelPlayer {
  return { gold, health: 100, swords: [], beaten: 0 }
}

function listOf({ swords }: Goods): string[] {
  return swords.flatMap(({ swordType, count }) => Array<string>(count).fill(swordType))
}

function missingFrom(player: ModelPlayer, goods: Goods): RefusalCode | null {
  if (player.gold < goods.gold) return "NOT_ENOUGH_GOLD"
  const left = [...player.swords]
  for (const sword of listOf(goods)) {
    const place = left.indexOf(sword)
    if (place < 0) return "SWORD_NOT_OWNED"
    left.splice(place, 1)
  }
  return null
}

function tooMuch(player: ModelPlayer, out: Goods, into: Goods): RefusalCode | null {
  const gold = BigInt(player.gold) - BigInt(out.gold) + BigInt(into.gold)
  return gold > BigInt(GOLD_LIMIT) ? "GOLD_LIMIT" : null
}

interface PlayerSummary {
  readonly gold: number
  readonly health: number
  readonly beaten: number
  readonly swords: readonly string[]
  readonly guild: string | null
  /** Ids, sorted. */
  readonly trades: readonly string[]
  readonly offers: readonly string[]
}

export interface Summary {
  readonly players: ReadonlyMap<string, PlayerSummary>
  readonly guilds: ReadonlyMap<string, { capacity: number; members: readonly string[] }>
}

export function summaryOf(game: Game): Summary {
  const players = game.players.map(({ id, gold, health, monstersBeaten, swords: counts, guild, ...open }) => {
    const owned = Object.entries(counts).flatMap(([type, count]) => Array<string>(count).fill(type))
    const trades = Object.keys(open.trades).sort()
    const offers = Object.keys(open.offers).sort()
    return [
      id,
      { gold, health, beaten: monstersBeaten, swords: owned.sort(), guild, trades, offers },
    ] as const
  })
  const guilds = game.guilds.map(({ id, capacity, members }) => [id, { capacity, members }] as const)
  return { players: new Map(players), guilds: new Map(guilds) }
}
