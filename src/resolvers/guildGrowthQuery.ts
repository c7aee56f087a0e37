import "reflect-metadata"
import { Args, ArgsType, Ctx, Field, FieldResolver, ID, Query, Resolver, Root } from "type-graphql"
import type { Bucket } from "../history/span.js"
import { SpanArgs } from "./args.js"
import { checkGuildId, checkSpan } from "./checks.js"
import type { Context } from "./context.js"
import { historyOf } from "./historyOf.js"
import { namedCut } from "./namedCut.js"
import { Guild } from "./types/guild.js"
import { GuildGrowthReport, GuildGrowthRow, TimeBucketType } from "./types/reports.js"

@ArgsType()
class GuildGrowthArgs extends SpanArgs {
  @Field(() => ID, { nullable: true, description: "Default: all guilds." })
  readonly guildId!: string | null | undefined

  @Field(() => TimeBucketType, { nullable: true, defaultValue: "DAY" })
  readonly bucket!: Bucket | null
}

@Resolver(() => GuildGrowthRow)
export class GuildGrowthQuery {
  @Query(() => GuildGrowthReport, {
    description: "How many players joined and left guilds, over all history.",
  })
  async guildGrowth(
    @Args(() => GuildGrowthArgs) { guildId, bucket, from, to }: GuildGrowthArgs,
    @Ctx() { game, left }: Context,
  ): Promise<GuildGrowthReport> {
    const guild = guildId === null || guildId === undefined ? null : checkGuildId("guildId", guildId)
    const request = { guild, bucket: bucket ?? "DAY", span: checkSpan({ from, to }) }
    const report = await historyOf(game).guildGrowth(request, left)
    const rows = report.rows.map(row => ({ ...row, bucket: new Date(row.bucket) }))
    return { rows, ...namedCut(game, report) }
  }

  @FieldResolver(() => Guild, { nullable: true, description: "As of now; null once dissolved." })
  guild(@Root() { guildId }: GuildGrowthRow, @Ctx() { loaders }: Context): Promise<Guild | null> {
    return loaders.guild(guildId)
  }
}
