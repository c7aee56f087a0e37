import { Arg, Args, Ctx, Extensions, FieldResolver, ID, Query, Resolver, Root } from "type-graphql"
import { OPEN_TRADES_MAX } from "../domain/commands/offerTrade.js"
import { OneArgs, PageArgs } from "./args.js"
import { checkFirst, checkPlayerId, checkPlayerIds } from "./checks.js"
import { type Context, reached } from "./context.js"
import { openTradesOf } from "./marketOf.js"
import { parsePageCursor } from "./pageCursor.js"
import { ANY_PURCHASE, historicPage, placeWithin, recentPage } from "./purchasePage.js"
import { LENGTH } from "./rowsLength.js"
import { swordOf } from "./swordOf.js"
import { InventorySlot } from "./types/catalogue.js"
import { type Connection, PurchaseConnection } from "./types/connections.js"
import { Guild } from "./types/guild.js"
import { Player } from "./types/player.js"
import type { Purchase } from "./types/purchase.js"
import { Trade } from "./types/trade.js"

/** What counts in a request's cost: few players own more types, whatever the size of the catalogue. */
const INVENTORY = { [LENGTH]: 10 } as const
const OPEN_TRADES = { [LENGTH]: OPEN_TRADES_MAX } as const

@Resolver()
export class PlayerQueries {
  @Query(() => Player, {
    nullable: true,
    description:
      "Null if there is none. As of what this process has read, which `atLeast` makes at least that position.",
  })
  async player(
    @Args(() => OneArgs) { id, atLeast }: OneArgs,
    @Ctx() context: Context,
  ): Promise<Player | null> {
    checkPlayerId("id", id)
    await reached(context, atLeast)
    return context.loaders.player(id)
  }

  @Query(() => [Player], {
    nullable: "items",
    description: "In the order requested, null where there is none; at most 100.",
  })
  async players(
    @Arg("ids", () => [ID]) ids: string[],
    @Ctx() context: Context,
  ): Promise<readonly (Player | null | Error)[]> {
    checkPlayerIds(ids)
    return Promise.all(ids.map(id => context.loaders.player(id).catch(asError)))
  }
}

@Resolver(() => Player)
export class PlayerFields {
  @Extensions(INVENTORY)
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
  ): Promise<Connection<Purchase>> {
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

/** A fault of one element fails only that element: the others are answered. */
function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
