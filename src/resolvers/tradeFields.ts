import type { GraphQLResolveInfo } from "graphql"
import { Ctx, FieldResolver, Info, Resolver, Root } from "type-graphql"
import { asksForIdOnly } from "./asksForId.js"
import type { Context } from "./context.js"
import { Player } from "./types/player.js"
import { Trade } from "./types/trade.js"

const PLAYER = { description: "As of now, or as of the time for which its player was requested." } as const

@Resolver(() => Trade)
export class TradeFields {
  @FieldResolver(() => Player, PLAYER)
  from(
    @Root() { fromId, prefix }: Trade,
    @Ctx() { loaders }: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Player | null> | Pick<Player, "id"> {
    return asksForIdOnly(info) ? { id: fromId } : loaders.asOf(prefix).player(fromId)
  }

  @FieldResolver(() => Player, PLAYER)
  to(
    @Root() { toId, prefix }: Trade,
    @Ctx() { loaders }: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Player | null> | Pick<Player, "id"> {
    return asksForIdOnly(info) ? { id: toId } : loaders.asOf(prefix).player(toId)
  }
}
