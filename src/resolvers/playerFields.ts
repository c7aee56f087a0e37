import { Args, Ctx, Extensions, FieldResolver, Resolver, Root } from "type-graphql"
import { OPEN_TRADES_MAX } from "../domain/commands/offerTrade.js"
import { PageArgs } from "./args.js"
import { checkFirst } from "./checks.js"
import type { Context } from "./context.js"
import { openTradesOf } from "./marketOf.js"
import { parsePageCursor } from "./pageCursor.js"
import { ANY_PURCHASE, historicPage, placeWithin, recentPage } from "./purchasePage.js"
import { LENGTH } from "./rowsLength.js"
import { swordOf } from "./swordOf.js"
import { InventorySlot } from "./types/catalogue.js"
import { PurchaseConnection } from "./types/connections.js"
import { Guild } from "./types/guild.js"
import { Player } from "./types/player.js"
import { Trade } from "./types/trade.js"

/** What counts in a request's cost. */
const OPEN_TRADES = { [LENGTH]: OPEN_TRADES_MAX } as const

@Resolver(() => Player)
export class PlayerFields {
  @FieldResolver(() => [InventorySlot], { description: "The player's swords; no slot has count 0." })
  inventory(@Root() player: Player, @Ctx() { game }: Context): readonly InventorySlot[] {
    const counts = Object.entries(player.state.swords)
    return counts.map(([type, count]) => ({ sword: swordOf(game.catalogue, type), count }))
  }

  @FieldResolver(() => Guild, { nullable: true })
  guild(@Root() player: Player, @Ctx() { loaders }: Context): Promise<Guild | null> | null {
    const { guild } = player.state
    return guild === null ? null : loaders.asOf(player.prefix).guild(guild)
  }

  @Extensions(OPEN_TRADES)
  @FieldResolver(() => [Trade], { description: "The open trades that the player has offered, oldest first." })
  trades(@Root() { id, state, prefix }: Player, @Ctx() { game }: Context): Trade[] {
    return openTradesOf(game.catalogue, state.trades, prefix, toId => ({ fromId: id, toId }))
  }

  @Extensions(OPEN_TRADES)
  @FieldResolver(() => [Trade], {
    description: "The open trades that were offered to the player, oldest first.",
  })
  offers(@Root() { id, state, prefix }: Player, @Ctx() { game }: Context): Trade[] {
    return openTradesOf(game.catalogue, state.offers, prefix, fromId => ({ fromId, toId: id }))
  }

  @FieldResolver(() => PurchaseConnection, {
    description: "Newest first. The last 20 come from the views, pages of older ones from the history.",
  })
  async purchases(
    @Root() player: Player,
    @Args(() => PageArgs) { first, after }: PageArgs,
    @Ctx() context: Context,
  ): Promise<PurchaseConnection> {
    const { game, loaders } = context
    const { logId } = game.tail.genesis
    const most = checkFirst(first)
    const key = parsePageCursor(logId, "purchases", after)
    if (player.prefix === null) {
      const recent = recentPage(logId, player.id, await loaders.purchases(player.id), most, key)
      if (recent !== null) return recent
    }
    const wish = { ...ANY_PURCHASE, player: player.id }
    return historicPage(context, { wish, first: most, before: placeWithin(player.prefix, key) })
  }
}
