import "reflect-metadata"
import { Args, ArgsType, Ctx, Field, FieldResolver, Query, Resolver, Root } from "type-graphql"
import type { SalesDimension } from "../history/sales.js"
import type { Bucket } from "../history/span.js"
import { SpanArgs } from "./args.js"
import { checkSpan } from "./checks.js"
import type { Context } from "./context.js"
import { historyOf } from "./historyOf.js"
import { namedCut } from "./namedCut.js"
import { swordOf } from "./swordOf.js"
import { Sword } from "./types/catalogue.js"
import { Guild } from "./types/guild.js"
import { SalesDimensionType, SalesReportType, SalesRowType, TimeBucketType } from "./types/reports.js"

@ArgsType()
class SalesArgs extends SpanArgs {
  // Nullable, as graphql-jit lets null through if an argument has a default.
  @Field(() => [SalesDimensionType], {
    nullable: true,
    defaultValue: [],
    description: "Empty or null gives one row of totals.",
  })
  readonly by!: readonly SalesDimension[] | null

  @Field(() => TimeBucketType, { nullable: true })
  readonly bucket!: Bucket | null | undefined

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description: "Whether to include what has not landed in the lake yet.",
  })
  readonly live!: boolean | null
}

@Resolver(() => SalesRowType)
export class SalesQuery {
  @Query(() => SalesReportType, { description: "What was sold, over all history." })
  async sales(
    @Args(() => SalesArgs) { by, bucket = null, from, to, live }: SalesArgs,
    @Ctx() { game, left }: Context,
  ): Promise<SalesReportType> {
    const request = { by: by ?? [], bucket, span: checkSpan({ from, to }), live: live ?? true }
    const report = await historyOf(game).sales(request, left)
    const rows = report.rows.map(row => ({
      ...row,
      bucket: row.bucket === null ? null : new Date(row.bucket),
    }))
    return { rows, ...namedCut(game, report) }
  }

  @FieldResolver(() => Sword, { nullable: true, description: "As in the catalogue now." })
  sword(@Root() { swordType }: SalesRowType): Sword | null {
    return swordType === null ? null : swordOf(swordType)
  }

  @FieldResolver(() => Guild, { nullable: true, description: "As of now; null once dissolved." })
  guild(@Root() { guildId }: SalesRowType, @Ctx() { loaders }: Context): Promise<Guild | null> | null {
    return guildId === null ? null : loaders.guild(guildId)
  }
}
