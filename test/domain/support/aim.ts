import type { PlayerState } from "../../../src/domain/player.js"
import type { GameCommand } from "./game.js"

/**
 * Aims a generated command at a trade that is open, if there is one: a random id would hardly ever meet one. One in four
 * is left as it is.
 */
export function aimed({ name, input }: GameCommand, players: readonly PlayerState[]): GameCommand {
  if (name !== "acceptTrade" && name !== "withdrawTrade") return { name, input }
  const drawn = Number(String(input.tradeId).split("-")[0])
  const open = players.flatMap(({ id, trades }) =>
    Object.entries(trades).map(([tradeId, { player }]) => ({ tradeId, from: id, to: player })),
  )
  const trade = open[drawn % open.length]
  if (trade === undefined || drawn % 4 === 0) return { name, input }
  const { tradeId, from, to } = trade
  if (name === "acceptTrade") return { name, input: { playerId: to, fromPlayerId: from, tradeId } }
  const [playerId, otherPlayerId] = drawn % 2 === 0 ? [from, to] : [to, from]
  return { name, input: { playerId, otherPlayerId, tradeId } }
}
