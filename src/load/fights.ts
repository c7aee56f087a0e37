import { HEALTH_PER_POWER } from "../domain/commands/fightMonster.js"
import type { AnswerContext } from "./account.js"
import type { LoadCommand } from "./command.js"
import type { MutationPayload } from "./mutations.js"

/**
 * What is wrong with a fight. The player's health is known; of its swords, some are surely there, and some may be, so
 * that the outcome is sometimes open, but never what follows from it.
 */
export function problemOfFight(
  { input }: LoadCommand,
  { fight, player }: MutationPayload,
  { account, ranges, catalogue }: AnswerContext,
): string | null {
  const monster = catalogue.monster(String(input.monster))
  if (!fight || monster === undefined) return "no fight in the answer"
  const { id, won, goldWon, healthLost } = fight
  if (account.health === 0) return `fight ${id}: expected a refusal, as the player has no health`
  if (fight.monster.type !== monster.type)
    return `fight ${id}: expected ${monster.type}, got ${fight.monster.type}`
  const powers = ranges.player.swordTypes.map(type => {
    return { range: ranges.player.sword(type), power: catalogue.sword(type)?.power ?? 0 }
  })
  const strongest = (owned: typeof powers) => Math.max(0, ...owned.map(({ power }) => power))
  const { strength, gold } = monster
  const needed = strength - Math.floor(account.health / HEALTH_PER_POWER)
  const surely = strongest(powers.filter(({ range }) => range.low >= 1)) >= needed
  const perhaps = strongest(powers.filter(({ range }) => range.high >= 1)) >= needed
  if (won ? !perhaps : surely) return `fight ${id}: it cannot have been ${won ? "won" : "lost"}`
  const lost = Math.min(account.health, won ? Math.ceil(strength / 2) : strength)
  const expected = JSON.stringify({
    goldWon: won ? gold : 0,
    healthLost: lost,
    health: account.health - lost,
  })
  const got = JSON.stringify({ goldWon, healthLost, health: player?.health })
  return got === expected ? null : `fight ${id}: expected ${expected}, got ${got}`
}
