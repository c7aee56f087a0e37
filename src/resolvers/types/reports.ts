import "reflect-metadata"
import { Extensions, Field, ID, Int, ObjectType, registerEnumType } from "type-graphql"
import type { SalesDimension } from "../../history/sales.js"
import type { Bucket } from "../../history/span.js"
import { REPORT_LENGTH } from "../rowsLength.js"
import { DateTime, Position, SafeInt } from "../scalars.js"

export const SalesDimensionType: Record<SalesDimension, SalesDimension> = {
  SWORD: "SWORD",
  REGION: "REGION",
  GUILD: "GUILD",
}
registerEnumType(SalesDimensionType, {
  name: "SalesDimension",
  description: "What sales are grouped by.",
  valuesConfig: {
    REGION: { description: "Where the purchase happened." },
    GUILD: { description: "The player's guild at that time." },
  },
})

export const TimeBucketType: Record<Bucket, Bucket> = { HOUR: "HOUR", DAY: "DAY" }
registerEnumType(TimeBucketType, { name: "TimeBucket", description: "A span of time, in UTC." })

const BEGINS = "The beginning of the bucket."

/** Which part of a report comes from where. */
@ObjectType({ simpleResolvers: true })
export abstract class ReportCut {
  @Field(() => Position, { description: "How far the log had landed in the lake when it was queried." })
  readonly landedThrough!: string

  @Field(() => Position, {
    description: "Everything before this position in the log counts, and nothing after it.",
  })
  readonly through!: string

  @Field(() => Boolean, { description: "Whether everything up to this process's tail is included." })
  readonly live!: boolean
}

@ObjectType("SalesRow", {
  simpleResolvers: true,
  description: "What was sold. A dimension that was not requested is null; empty buckets have no row.",
})
export class SalesRowType {
  @Field(() => String, { nullable: true })
  readonly region!: string | null

  @Field(() => ID, { nullable: true, description: "Also null for purchases of players without a guild." })
  readonly guildId!: string | null

  @Field(() => DateTime, { nullable: true, description: BEGINS })
  readonly bucket!: Date | null

  @Field(() => SafeInt)
  readonly purchases!: number

  @Field(() => SafeInt, { description: "What was paid." })
  readonly revenue!: number

  @Field(() => SafeInt, { description: "How many different players, in the landed part." })
  readonly players!: number

  /** For the resolver of its sword. */
  readonly swordType!: string | null
}

@ObjectType("SalesReport", { simpleResolvers: true })
export class SalesReportType extends ReportCut {
  @Extensions(REPORT_LENGTH)
  @Field(() => [SalesRowType], { description: "At most 2,000. By bucket, sword, region and guild." })
  readonly rows!: readonly SalesRowType[]
}

@ObjectType({ simpleResolvers: true, description: "How a guild changed; empty buckets have no row." })
export class GuildGrowthRow {
  @Field(() => ID)
  readonly guildId!: string

  @Field(() => DateTime, { description: BEGINS })
  readonly bucket!: Date

  @Field(() => Int, { description: "Founding counts as joining." })
  readonly joined!: number

  @Field(() => Int)
  readonly left!: number

  @Field(() => Int, { description: "At the end of the bucket, over all history." })
  readonly members!: number
}

@ObjectType({ simpleResolvers: true })
export class GuildGrowthReport extends ReportCut {
  @Extensions(REPORT_LENGTH)
  @Field(() => [GuildGrowthRow], { description: "At most 2,000. By guild and bucket." })
  readonly rows!: readonly GuildGrowthRow[]
}
