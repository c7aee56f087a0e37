import "reflect-metadata"
import { Args, ArgsType, Ctx, Field, ID, Query, Resolver } from "type-graphql"
import { checkPlayerId } from "./checks.js"
import type { Context } from "./context.js"
import { historyOf } from "./historyOf.js"
import { DateTime } from "./scalars.js"
import { Player } from "./types/player.js"

@ArgsType()
class AsOfArgs {
  @Field(() => ID)
  readonly id!: string

  @Field(() => DateTime)
  readonly at!: Date
}

@Resolver()
export class PlayerAsOfQuery {
  @Query(() => Player, {
    nullable: true,
    description:
      "As of a time: after the longest prefix of the log in which nothing is later than that. Its guild and that guild's " +
      "members, its open trades and their players are as of then too; names, and the players and guilds of its purchases, " +
      "are as of now. Null if it did not exist.",
  })
  async playerAsOf(
    @Args(() => AsOfArgs) { id, at }: AsOfArgs,
    @Ctx() { game, loaders, left }: Context,
  ): Promise<Player | null> {
    checkPlayerId("id", id)
    const prefix = await historyOf(game).prefixAsOf(at.getTime(), left)
    return loaders.asOf(prefix).player(id)
  }
}
