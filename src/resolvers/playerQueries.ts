import { Arg, Args, Ctx, ID, Query, Resolver } from "type-graphql"
import { OneArgs } from "./args.js"
import { checkPlayerId, checkPlayerIds } from "./checks.js"
import { type Context, reached } from "./context.js"
import { Player } from "./types/player.js"

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

/** A fault of one element fails only that element: the others are answered. */
function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
