import type { CommandResult } from "../../src/commands/pendingCommand.js"
import type { CommandRequest } from "../../src/commands/request.js"
import { playerAggregate } from "../../src/domain/aggregates.js"
import { makeEvent } from "../../src/domain/events.js"
import { SILENT } from "../../src/ports/logger.js"
import type { Game } from "../../src/resolvers/game.js"
import { startServer } from "../../src/server/server.js"
import { constantGame } from "./constantGame.js"
import { SqlShop } from "./sqlShop.js"

// Peer B: our own edge over the same PostgreSQL, so that the edges cancel out. Started like apolloFastify.ts.

const shop = new SqlShop(process.argv[2] ?? "")
const constant = constantGame()
const game: Game = { ...constant, commands: { execute: request => execute(request) } }

async function execute({ name, input, idempotencyKey }: CommandRequest): Promise<CommandResult> {
  const { playerId, swordType } = input
  if (name !== "buySword") throw new Error(`the peer knows buySword alone, got ${name}`)
  const player = String(playerId)
  const type = String(swordType)
  const price = constant.catalogue.sword(type)?.price ?? 0
  const key = idempotencyKey ?? ""
  const bought = await shop.buy(player, type, price, key)
  const position = Number(bought.id ?? 0)
  const data = { player, swordType: type, price: bought.price, region: "eu", guild: null }
  const recorded = { id: `${bought.id}-0`, event: makeEvent("SwordBought", data), at: Date.now() }
  return {
    events: bought.id === null ? [] : [recorded],
    refusal: bought.refusal === null ? null : { code: bought.refusal, message: bought.refusal },
    replayed: bought.replayed,
    position,
    states: new Map([[playerAggregate(player), stateOf(player, bought.gold)]]),
    versions: new Map([[playerAggregate(player), position]]),
    key,
  }
}

function stateOf(id: string, gold: number) {
  const nothing = { swords: {}, swordPrices: {}, guild: null, trades: {}, offers: {}, monstersBeaten: 0 }
  return { id, name: "Bench", region: "eu", gold, health: 100, ...nothing }
}

const server = await startServer({ host: "127.0.0.1", port: 0, game, logger: SILENT })
process.send?.(server.url)
process.once("disconnect", async () => {
  await server.close()
  await shop.close()
})
