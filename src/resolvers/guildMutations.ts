import type { GraphQLResolveInfo } from "graphql"
import { Arg, Ctx, Info, Mutation, Resolver } from "type-graphql"
import { slug } from "../domain/aggregates.js"
import type { Context } from "./context.js"
import { CAPACITY_DEFAULT, FoundGuildInput, JoinGuildInput, LeaveGuildInput } from "./inputs.js"
import { mutate } from "./mutate.js"
import { GuildPayload } from "./types/payloads.js"

@Resolver()
export class GuildMutations {
  @Mutation(() => GuildPayload, { nullable: true, description: "The founder is its first member." })
  async foundGuild(
    @Arg("input", () => FoundGuildInput) input: FoundGuildInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<GuildPayload> {
    const { founderId, name } = input
    const capacity = input.capacity ?? CAPACITY_DEFAULT
    const { verdict, players, guilds } = await mutate(context, info, "foundGuild", { ...input, capacity })
    return new GuildPayload(verdict, guilds.get(slug(name)) ?? null, players.get(founderId) ?? null)
  }

  @Mutation(() => GuildPayload, { nullable: true })
  async joinGuild(
    @Arg("input", () => JoinGuildInput) input: JoinGuildInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<GuildPayload> {
    const { verdict, players, guilds } = await mutate(context, info, "joinGuild", input)
    return new GuildPayload(verdict, guilds.get(input.guildId) ?? null, players.get(input.playerId) ?? null)
  }

  @Mutation(() => GuildPayload, {
    nullable: true,
    description: "The guild is dissolved when its last member leaves.",
  })
  async leaveGuild(
    @Arg("input", () => LeaveGuildInput) input: LeaveGuildInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<GuildPayload> {
    const { verdict, players, guilds } = await mutate(context, info, "leaveGuild", input)
    return new GuildPayload(verdict, guilds.get(input.guildId) ?? null, players.get(input.playerId) ?? null)
  }
}
