import type { CommandName } from "../../../src/domain/commands.js"
import type { Goods } from "../../../src/domain/goods.js"
import type { GameCommand, InputOf } from "./game.js"

/** Commands as sentences: `buy("alice", "katana")`. */

function request<N extends CommandName>(name: N, input: InputOf<N>): GameCommand {
  return { name, input }
}

export function register(playerId: string, { name = `Name of ${playerId}`, region = "eu-west" } = {}) {
  return request("registerPlayer", { playerId, name, region })
}

export function grant(playerId: string, amount: number) {
  return request("grantGold", { playerId, amount, reason: "for the test" })
}

export function buy(playerId: string, swordType: string, region: string | null = null) {
  return request("buySword", { playerId, swordType, region })
}

export function sell(playerId: string, swordType: string) {
  return request("sellSword", { playerId, swordType })
}

export function fight(playerId: string, monster: string) {
  return request("fightMonster", { playerId, monster })
}

export function takeRest(playerId: string) {
  return request("rest", { playerId })
}

export function giveGold(fromPlayerId: string, toPlayerId: string, gold: number) {
  return request("gift", { fromPlayerId, toPlayerId, gold, swordType: null })
}

export function giveSword(fromPlayerId: string, toPlayerId: string, swordType: string) {
  return request("gift", { fromPlayerId, toPlayerId, gold: null, swordType })
}

export function offer(playerId: string, toPlayerId: string, gives: Goods, wants: Goods) {
  return request("offerTrade", { playerId, toPlayerId, gives, wants })
}

export function acceptOffer(playerId: string, fromPlayerId: string, tradeId: string) {
  return request("acceptTrade", { playerId, fromPlayerId, tradeId })
}

export function withdraw(playerId: string, otherPlayerId: string, tradeId: string) {
  return request("withdrawTrade", { playerId, otherPlayerId, tradeId })
}

export function found(founderId: string, name: string, capacity = 50) {
  return request("foundGuild", { founderId, name, capacity })
}

export function join(playerId: string, guildId: string) {
  return request("joinGuild", { playerId, guildId })
}

export function leave(playerId: string, guildId: string) {
  return request("leaveGuild", { playerId, guildId })
}
