import { OPEN_TRADES_MAX } from "../domain/commands/offerTrade.js"
import { REST_HEALTH } from "../domain/commands/rest.js"
import type { Goods } from "../domain/goods.js"
import { GOLD_MAX, HEALTH_MAX } from "../domain/kinds.js"
import type { Account, AccountRange, AnswerContext } from "./account.js"
import type { AmountRange } from "./balance.js"
import { giftOf, type LoadCommand } from "./command.js"
import { problemOfFight } from "./fights.js"
import { movesOf } from "./moves.js"
import { goodsOf, type MutationPayload } from "./mutations.js"
import type { Sent } from "./sender.js"

/**
 * What is wrong with a definite answer, one line each: its shape, or that it contradicts what was promised
 * before. Membership and health are exact, since a player has one command of each in flight at a time; so are
 * open trades. Gold and swords lie in a range, since several commands that move them may be in flight at once.
 */
export function problemsOf(command: LoadCommand, sent: Sent, known: AnswerContext): string[] {
  const { payload, doubted } = sent
  const problem = payload.refusal === null ? problemOfDone : problemOfRefusal
  const found = [problem(command, payload, known)]
  if (payload.replayed && !doubted) found.push("replayed, although no earlier try can have done it")
  if (payload.replayed && payload.refusal !== null) found.push("both replayed and refused")
  if (typeof payload.position !== "string" || payload.position === "") found.push("no position")
  return found
    .filter(one => one !== null)
    .map(one => `${command.name} ${command.player} (${command.key}): ${one}`)
}

function problemOfDone(command: LoadCommand, payload: MutationPayload, known: AnswerContext): string | null {
  const { player } = payload
  const { account, ranges } = known
  if (player?.id !== account.id) return `expected player ${account.id}, got ${player?.id ?? "none"}`
  const wrongGold = problemOfGold(player.gold, ranges.player)
  if (wrongGold !== null) return wrongGold
  switch (command.name) {
    case "buySword":
      return problemOfPurchase(command, payload)
    case "fightMonster":
      return problemOfFight(command, payload, known)
    case "rest":
      return problemOfRest(payload, account)
    case "gift":
      return problemOfGift(command, payload, ranges.other)
    case "offerTrade":
      return problemOfTrade("OPEN", command, payload)
    case "acceptTrade":
      return problemOfTrade("MADE", command, payload)
    case "withdrawTrade":
      return problemOfTrade("WITHDRAWN", command, payload)
    case "foundGuild":
    case "joinGuild":
      return problemOfGuild(command.guild, payload)
    case "leaveGuild":
      return problemOfGuild(null, payload)
    default:
      return null
  }
}

function problemOfGold(gold: unknown, range: AccountRange | undefined): string | null {
  const { low, high } = range?.gold ?? { low: 0, high: GOLD_MAX }
  const isWithin =
    typeof gold === "number" && Number.isSafeInteger(gold) && gold >= Math.max(0, low) && gold <= high
  return isWithin ? null : `expected gold from ${low} to ${high}, got ${gold}`
}

function problemOfPurchase({ input, gold }: LoadCommand, { purchase }: MutationPayload): string | null {
  if (!purchase) return "no purchase in the answer"
  const { id, price, sword } = purchase
  if (typeof id !== "string" || id === "") return "a purchase without an id"
  if (sword.type === input.swordType && price === gold) return null
  return `purchase ${id}: expected ${input.swordType} for ${gold}, got ${sword.type} for ${price}`
}

function problemOfRest({ player }: MutationPayload, { health }: Account): string | null {
  const expected = Math.min(HEALTH_MAX, health + REST_HEALTH)
  return player?.health === expected ? null : `expected health ${expected}, got ${player?.health}`
}

function problemOfGift(
  { input, other }: LoadCommand,
  { gift, other: receiver }: MutationPayload,
  range: AccountRange | undefined,
): string | null {
  if (!gift) return "no gift in the answer"
  if (receiver?.id !== other) return `expected receiver ${other}, got ${receiver?.id ?? "none"}`
  const expected = textOf(giftOf(input))
  const swords = gift.sword === null ? [] : [{ swordType: gift.sword.type, count: 1 }]
  const got = textOf({ gold: gift.gold ?? 0, swords })
  if (got !== expected) return `gift ${gift.id}: expected ${expected}, got ${got}`
  return problemOfGold(receiver?.gold, range)
}

function problemOfTrade(
  state: "OPEN" | "MADE" | "WITHDRAWN",
  { player, other = "", input, trade: open }: LoadCommand,
  { trade }: MutationPayload,
): string | null {
  if (!trade) return "no trade in the answer"
  const { id, from, to } = open ?? { id: trade.id, from: player, to: other }
  const [gives, wants] = open === undefined ? [input.gives, input.wants] : [open.gives, open.wants]
  const expected = JSON.stringify({ id, state, from, to, gives, wants })
  const sides = { gives: goodsOf(trade.gives), wants: goodsOf(trade.wants) }
  const got = JSON.stringify({
    ...{ id: trade.id, state: trade.state, from: trade.from.id, to: trade.to.id },
    ...sides,
  })
  return got === expected ? null : `expected the trade ${expected}, got ${got}`
}

function textOf(goods: Goods): string {
  return JSON.stringify(goods)
}

function problemOfGuild(expected: string | null, { player }: MutationPayload): string | null {
  const found = player?.guild?.id ?? null
  return found === expected ? null : `expected the player in guild ${expected}, got ${found}`
}

/** A refusal must agree with what is known: a stale one is a wrong answer too. */
function problemOfRefusal(
  command: LoadCommand,
  { refusal }: MutationPayload,
  known: AnswerContext,
): string | null {
  const code = refusal?.code ?? ""
  return canBeRefused(code, command, known) ? null : `refused with ${code}, which cannot be right`
}

function canBeRefused(code: string, command: LoadCommand, { account, ranges }: AnswerContext): boolean {
  const { name, guild, player } = command
  switch (code) {
    case "PLAYER_EXISTS":
      return name === "registerPlayer"
    case "NOT_ENOUGH_GOLD":
      return lacks(command, ranges.player, givesGold) || ownsTooLittle(command, ranges.other, givesGold)
    case "SWORD_NOT_OWNED":
      return lacks(command, ranges.player, givesSwords) || ownsTooLittle(command, ranges.other, givesSwords)
    case "GOLD_LIMIT":
      return movesOf(command).some(({ player: who, gets }) => {
        const range = who === player ? ranges.player : ranges.other
        return gets.gold > 0 && range !== undefined && range.gold.high > GOLD_MAX
      })
    case "TOO_WEAK":
      return name === "fightMonster" && account.health === 0
    case "TRADE_LIMIT":
      // The ranges count this trade as offered.
      return (
        name === "offerTrade" &&
        [ranges.player.trades, ranges.other?.offers].some(range => (range?.high ?? 0) > OPEN_TRADES_MAX)
      )
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

type Lacking = (goods: Goods, range: AccountRange, held: boolean) => boolean

/** The ranges count what a command gives as given, but for an offer, which moves nothing. */
function lacks(command: LoadCommand, range: AccountRange, lacking: Lacking): boolean {
  if (command.name === "offerTrade") return lacking(offeredBy(command), range, true)
  const move = movesOf(command).find(({ player }) => player === command.player)
  return move !== undefined && lacking(move.gives, range, false)
}

function ownsTooLittle(command: LoadCommand, range: AccountRange | undefined, lacking: Lacking): boolean {
  const move = movesOf(command).find(({ player }) => player === command.other)
  return move !== undefined && range !== undefined && lacking(move.gives, range, false)
}

function offeredBy({ input }: LoadCommand): Goods {
  const { gives } = input
  return typeof gives === "object" ? gives : { gold: 0, swords: [] }
}

/** If the amount goes below zero, the others may have left too little for it. */
function givesGold({ gold }: Goods, { gold: range }: AccountRange, held: boolean): boolean {
  return gold > 0 && isBelow(range, held ? gold : 0)
}

function givesSwords({ swords }: Goods, range: AccountRange, held: boolean): boolean {
  return swords.some(({ swordType, count }) => isBelow(range.sword(swordType), held ? count : 0))
}

function isBelow({ low }: AmountRange, needed: number): boolean {
  return low < needed
}
