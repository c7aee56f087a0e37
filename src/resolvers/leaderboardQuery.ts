import { Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql"
import type { Board, Score } from "../ports/viewStore.js"
import { LEADERBOARD_DEFAULT, LeaderboardArgs } from "./args.js"
import { checkFirst } from "./checks.js"
import type { Context } from "./context.js"
import { Guild } from "./types/guild.js"
import { LeaderboardRow } from "./types/leaderboard.js"
import { Player } from "./types/player.js"

@Resolver(() => LeaderboardRow)
export class LeaderboardQuery {
  @Query(() => [LeaderboardRow], {
    description:
      "Highest score first, equal scores by id. Ranks and scores are as of the views, each player and guild as of now.",
  })
  async leaderboard(
    @Args(() => LeaderboardArgs) { board, first }: LeaderboardArgs,
    @Ctx() { game }: Context,
  ): Promise<readonly LeaderboardRow[]> {
    const most = checkFirst(first ?? LEADERBOARD_DEFAULT)
    return ranked(board, await game.stateReader.top(board, most))
  }

  @FieldResolver(() => Player, { nullable: true, description: "Null on a board of guilds." })
  player(@Root() { board, id }: LeaderboardRow, @Ctx() { loaders }: Context): Promise<Player | null> | null {
    return board === "guildSize" ? null : loaders.player(id)
  }

  @FieldResolver(() => Guild, {
    nullable: true,
    description: "Null on a board of players, and if the guild has been dissolved since.",
  })
  guild(@Root() { board, id }: LeaderboardRow, @Ctx() { loaders }: Context): Promise<Guild | null> | null {
    return board === "guildSize" ? loaders.guild(id) : null
  }
}

/** Standard competition ranking: https://en.wikipedia.org/wiki/Ranking */
function ranked(board: Board, scores: readonly Score[]): LeaderboardRow[] {
  let rank = 1
  return scores.map(({ id, score }, i) => {
    if (score !== scores[i - 1]?.score) rank = i + 1
    return { rank, score, board, id }
  })
}
