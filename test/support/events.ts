import { makeEvent } from "../../src/domain/events.js"

/** Events as sentences: `registered("alice")`, `bought("alice", "katana", 150)`. */

export function registered(
  player: string,
  { gold = 1000, region = "eu-west", name = `Name of ${player}` } = {},
) {
  return makeEvent("PlayerRegistered", { player, region, gold, health: 100 }, { name })
}

export function granted(player: string, amount: number) {
  return makeEvent("GoldGranted", { player, amount, reason: "for the test" })
}

export function bought(player: string, swordType: string, price: number, guild: string | null = null) {
  return makeEvent("SwordBought", { player, swordType, price, region: "eu-west", guild })
}

export function founded(player: string, guild: string, { name = guild, capacity = 50 } = {}) {
  return makeEvent("GuildFounded", { player, guild, name, capacity })
}

export function joined(player: string, guild: string) {
  return makeEvent("GuildJoined", { player, guild })
}

export function left(player: string, guild: string) {
  return makeEvent("GuildLeft", { player, guild })
}

export function dissolved(player: string, guild: string) {
  return makeEvent("GuildDissolved", { player, guild })
}
