import { Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql"
import { PageArgs } from "./args.js"
import { checkFirst } from "./checks.js"
import type { Context } from "./context.js"
import { parsePageCursor } from "./pageCursor.js"
import { ANY_PURCHASE, historicPage, placeWithin, recentPage } from "./purchasePage.js"
import { swordOf } from "./swordOf.js"
import { InventorySlot } from "./types/catalogue.js"
import { PurchaseConnection } from "./types/connections.js"
import { Guild } from "./types/guild.js"
import { Player } from "./types/player.js"

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
