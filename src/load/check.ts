import { GOLD_MAX } from "../domain/kinds.js"
import type { LoadCommand } from "./command.js"
import type { Account, GoldRange } from "./ledger.js"
import type { MutationPayload } from "./mutations.js"
import type { Sent } from "./sender.js"

/**
 * What is wrong with a definite answer, one line each: its shape, or that it contradicts what was promised
 * before. Membership is exact, since a player has one guild command in flight at a time; gold lies in a
 * range, since several of a player's commands may be in flight at once.
 */
export function problemsOf(command: LoadCommand, sent: Sent, account: Account, gold: GoldRange): string[] {
  const { payload, doubted } = sent
  const problem = payload.refusal === null ? problemOfDone : problemOfRefusal
  const found = [problem(command, payload, account, gold)]
  if (payload.replayed && !doubted) found.push("replayed, although no earlier try can have done it")
  if (payload.replayed && payload.refusal !== null) found.push("both replayed and refused")
  if (typeof payload.position !== "string" || payload.position === "") found.push("no position")
  return found
    .filter(one => one !== null)
    .map(one => `${command.name} ${account.id} (${command.key}): ${one}`)
}

function problemOfDone(
  command: LoadCommand,
  payload: MutationPayload,
  account: Account,
  gold: GoldRange,
): string | null {
  const { player } = payload
  if (player?.id !== account.id) return `expected player ${account.id}, got ${player?.id ?? "none"}`
  if (!isWithin(player.gold, gold)) {
    return `expected gold from ${gold.low} to ${gold.high}, got ${player.gold}`
  }
  if (command.name === "buySword") return problemOfPurchase(command, payload)
  if (command.name === "foundGuild" || command.name === "joinGuild") {
    return problemOfGuild(command.guild, payload)
  }
  return command.name === "leaveGuild" ? problemOfGuild(null, payload) : null
}

function isWithin(gold: unknown, { low, high }: GoldRange): boolean {
  return typeof gold === "number" && Number.isSafeInteger(gold) && gold >= Math.max(0, low) && gold <= high
}

function problemOfPurchase({ input, gold }: LoadCommand, { purchase }: MutationPayload): string | null {
  if (!purchase) return "no purchase in the answer"
  const { id, price, sword } = purchase
  if (typeof id !== "string" || id === "") return "a purchase without an id"
  if (sword.type === input.swordType && price === gold) return null
  return `purchase ${id}: expected ${input.swordType} for ${gold}, got ${sword.type} for ${price}`
}

function problemOfGuild(expected: string | null, { player }: MutationPayload): string | null {
  const found = player?.guild?.id ?? null
  return found === expected ? null : `expected the player in guild ${expected}, got ${found}`
}

/** A refusal must agree with what is known: a stale one is a wrong answer too. */
function problemOfRefusal(
  command: LoadCommand,
  { refusal }: MutationPayload,
  account: Account,
  gold: GoldRange,
): string | null {
  const code = refusal?.code ?? ""
  return canBeRefused(code, command, account, gold) ? null : `refused with ${code}, which cannot be right`
}

function canBeRefused(
  code: string,
  { name, guild }: LoadCommand,
  account: Account,
  range: GoldRange,
): boolean {
  switch (code) {
    case "PLAYER_EXISTS":
      return name === "registerPlayer"
    case "NOT_ENOUGH_GOLD":
      // The range counts this purchase as paid; if it goes below zero, the others may have left too little
      // for it.
      return name === "buySword" && range.low < 0
    case "GOLD_LIMIT":
      return name === "grantGold" && range.high > GOLD_MAX
    case "ALREADY_IN_GUILD":
      return (name === "joinGuild" || name === "foundGuild") && account.guild !== null
    case "GUILD_FULL":
    case "GUILD_NOT_FOUND":
      return name === "joinGuild"
    case "GUILD_EXISTS":
      return name === "foundGuild"
    case "NOT_A_MEMBER":
      return name === "leaveGuild" && account.guild !== guild
    default:
      return false
  }
}
