import { Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql"
import { OneArgs, PageArgs } from "./args.js"
import { checkFirst, checkGuildId } from "./checks.js"
import { type Context, reached } from "./context.js"
import { connection } from "./page.js"
import { parsePageCursor } from "./pageCursor.js"
import { type Connection, GuildConnection, PlayerConnection } from "./types/connections.js"
import { Guild } from "./types/guild.js"
import { Player } from "./types/player.js"

@Resolver()
export class GuildQueries {
  @Query(() => Guild, {
    nullable: true,
    description:
      "Null if there is none. As of what this process has read, which `atLeast` makes at least that position.",
  })
  async guild(@Args(() => OneArgs) { id, atLeast }: OneArgs, @Ctx() context: Context): Promise<Guild | null> {
    checkGuildId("id", id)
    await reached(context, atLeast)
    return context.loaders.guild(id)
  }

  @Query(() => GuildConnection, { description: "By id. The list is as of the views, each guild as of now." })
  async guilds(
    @Args(() => PageArgs) { first, after }: PageArgs,
    @Ctx() { game, loaders }: Context,
  ): Promise<Connection<Guild>> {
    const most = checkFirst(first)
    const { logId } = game.tail.genesis
    // One more than requested shows whether there is a next page.
    const ids = await game.stateReader.list("guilds", parsePageCursor(logId, "guilds", after), most + 1)
    const page = ids.slice(0, most)
    // A guild that has been dissolved since the list was made is null and gets no edge.
    const guilds = await Promise.all(page.map(async id => ({ key: id, node: await loaders.guild(id) })))
    return connection(logId, "guilds", guilds, ids.length > most)
  }
}

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
  ): Promise<Connection<Player>> {
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
