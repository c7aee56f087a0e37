import { Arg, Args, Ctx, Query, Resolver } from "type-graphql"
import { PageArgs } from "./args.js"
import { checkFirst } from "./checks.js"
import type { Context } from "./context.js"
import { parsePageCursor } from "./pageCursor.js"
import { PurchaseFilter, purchaseWish } from "./purchaseFilter.js"
import { historicPage, placeOf } from "./purchasePage.js"
import { PurchaseConnection } from "./types/connections.js"

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
  ): Promise<PurchaseConnection> {
    const wish = purchaseWish(filter ?? {})
    const before = placeOf(parsePageCursor(context.game.tail.genesis.logId, "purchases", after))
    return historicPage(context, { wish, first: checkFirst(first), before })
  }
}
