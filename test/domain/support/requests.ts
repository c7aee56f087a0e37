import type { CommandName } from "../../../src/domain/commands.js"
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

export function found(founderId: string, name: string, capacity = 50) {
  return request("foundGuild", { founderId, name, capacity })
}

export function join(playerId: string, guildId: string) {
  return request("joinGuild", { playerId, guildId })
}

export function leave(playerId: string, guildId: string) {
  return request("leaveGuild", { playerId, guildId })
}
