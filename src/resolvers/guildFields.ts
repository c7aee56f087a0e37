import { Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql"
import { PageArgs } from "./args.js"
import { checkFirst } from "./checks.js"
import type { Context } from "./context.js"
import { connection } from "./page.js"
import { parsePageCursor } from "./pageCursor.js"
import { PlayerConnection } from "./types/connections.js"
import { Guild } from "./types/guild.js"
import { Player } from "./types/player.js"

@Resolver(() => Guild)
export class GuildFields {
  @FieldResolver(() => Player, { nullable: true })
  founder(@Root() guild: Guild, @Ctx() { loaders }: Context): Promise<Player | null> {
    return loaders.asOf(guild.prefix).player(guild.state.founder)
  }

  @FieldResolver(() => PlayerConnection, { description: "By id." })
  async members(
    @Root() guild: Guild,
    @Args(() => PageArgs) { first, after }: PageArgs,
    @Ctx() { game, loaders }: Context,
  ): Promise<PlayerConnection> {
    const most = checkFirst(first)
    const { logId } = game.tail.genesis
    const place = parsePageCursor(logId, "members", after)
    const ids = place === null ? guild.state.members : guild.state.members.filter(id => id > place)
    const page = ids.slice(0, most)
    const people = loaders.asOf(guild.prefix)
    const players = await Promise.all(page.map(async id => ({ key: id, node: await people.player(id) })))
    return connection(logId, "members", players, ids.length > most)
  }
}
