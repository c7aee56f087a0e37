import type { GraphQLResolveInfo } from "graphql"
import { Ctx, FieldResolver, Info, Resolver, Root } from "type-graphql"
import { asksForIdOnly } from "./asksForId.js"
import type { Context } from "./context.js"
import { swordOf } from "./swordOf.js"
import { Sword } from "./types/catalogue.js"
import { Guild } from "./types/guild.js"
import { Player } from "./types/player.js"
import { Purchase } from "./types/purchase.js"

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
