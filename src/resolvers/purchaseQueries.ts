import type { GraphQLResolveInfo } from "graphql"
import { Arg, Args, Ctx, FieldResolver, Info, Query, Resolver, Root } from "type-graphql"
import { PageArgs } from "./args.js"
import { asksForIdOnly } from "./asksForId.js"
import { checkFirst } from "./checks.js"
import type { Context } from "./context.js"
import { parsePageCursor } from "./pageCursor.js"
import { PurchaseFilter, purchaseWish } from "./purchaseFilter.js"
import { historicPage, placeOf } from "./purchasePage.js"
import { swordOf } from "./swordOf.js"
import { Sword } from "./types/catalogue.js"
import { type Connection, PurchaseConnection } from "./types/connections.js"
import { Guild } from "./types/guild.js"
import { Player } from "./types/player.js"
import { Purchase } from "./types/purchase.js"

@Resolver()
export class PurchaseQueries {
  @Query(() => PurchaseConnection, {
    description:
      "All history up to now, newest first in the log's order: new purchases do not shift the pages.",
  })
  async purchases(
    @Arg("filter", () => PurchaseFilter, { nullable: true, description: "Default: all purchases." })
    filter: PurchaseFilter | null | undefined,
    @Args(() => PageArgs) { first, after }: PageArgs,
    @Ctx() context: Context,
  ): Promise<Connection<Purchase>> {
    const wish = purchaseWish(filter ?? {})
    const before = placeOf(parsePageCursor(context.game.tail.genesis.logId, "purchases", after))
    return historicPage(context, { wish, first: checkFirst(first), before })
  }
}

@Resolver(() => Purchase)
export class PurchaseFields {
  @FieldResolver(() => Player, { description: "As of now." })
  player(
    @Root() purchase: Purchase,
    @Ctx() { loaders }: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Player | null> | Pick<Player, "id"> {
    // Otherwise a subscriber of all purchases would wait for a read of the views at each.
    return asksForIdOnly(info) ? { id: purchase.playerId } : loaders.player(purchase.playerId)
  }

  @FieldResolver(() => Sword, {
    description: "As in the catalogue now; the price paid is the purchase's.",
  })
  sword(@Root() purchase: Purchase, @Ctx() { game }: Context): Sword {
    return swordOf(game.catalogue, purchase.swordType)
  }

  @FieldResolver(() => Guild, { nullable: true, description: "As of now; null once dissolved." })
  guild(@Root() purchase: Purchase, @Ctx() { loaders }: Context): Promise<Guild | null> | null {
    return purchase.guildId === null ? null : loaders.guild(purchase.guildId)
  }
}
