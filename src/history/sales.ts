import { numberOf, textOrNull } from "./landedEvents.js"
import type { Cut, HistoryParts } from "./parts.js"
import { fillReport, type Report } from "./report.js"
import { type Bucket, bucketOf, bucketSql, isWithin, type Span } from "./span.js"

export type SalesDimension = "SWORD" | "REGION" | "GUILD"

export interface SalesRequest {
  readonly by: readonly SalesDimension[]
  readonly bucket: Bucket | null
  readonly span: Span
  /** Whether to include what has not landed yet. */
  readonly live: boolean
}

/** A dimension that was not asked for is null. */
interface SalesGroup {
  readonly swordType: string | null
  readonly region: string | null
  /** Also null for purchases of players without a guild. */
  readonly guildId: string | null
  /** When it begins, in milliseconds since 1970. */
  readonly bucket: number | null
}

export interface SalesRow extends SalesGroup {
  readonly purchases: number
  readonly revenue: number
  /** How many distinct players, in the landed part. */
  readonly players: number
}

export interface SalesReport extends Cut {
  readonly rows: readonly SalesRow[]
}

const TOTALS: SalesRow = {
  ...{ swordType: null, region: null, guildId: null, bucket: null },
  ...{ purchases: 0, revenue: 0, players: 0 },
}

/**
 * What was sold, by any dimensions (R41): no row for groups without sales, but always one row of totals when there are no
 * dimensions. Throws HISTORY_UNAVAILABLE, and LIMIT_EXCEEDED for too many rows.
 */
export async function sales(
  parts: HistoryParts,
  request: SalesRequest,
  signal: AbortSignal,
): Promise<SalesReport> {
  const { rows, cut } = await fillReport(parts, salesReport(request), request.live, signal)
  const isTotal = request.by.length === 0 && request.bucket === null
  return { rows: isTotal && rows.length === 0 ? [TOTALS] : rows, ...cut }
}

function salesReport({
  by,
  bucket,
  span,
}: SalesRequest): Report<SalesGroup, "purchases" | "revenue" | "players"> {
  const [bySword, byRegion, byGuild] = [by.includes("SWORD"), by.includes("REGION"), by.includes("GUILD")]
  return {
    name: "sales",
    groups: ["bucket", "swordType", "region", "guildId"],
    sums: ["purchases", "revenue", "players"],
    select(at) {
      const dimensions = {
        ...(bySword ? { sword_type: '"sword_type"' } : {}),
        ...(byRegion ? { region: '"region"' } : {}),
        ...(byGuild ? { guild: '"guild"' } : {}),
        ...(bucket === null ? {} : { bucket: bucketSql(bucket, at) }),
      }
      const expressions = Object.values(dimensions)
      const totals = { purchases: "count(*)", revenue: 'sum("price")', players: 'count(DISTINCT "player")' }
      return {
        columns: { ...dimensions, ...totals },
        span,
        where: [`"type" = 'SwordBought'`],
        rest: expressions.length === 0 ? "" : `GROUP BY ${expressions.join(", ")}`,
      }
    },
    row: landed => ({
      swordType: textOrNull(landed.sword_type ?? null),
      region: textOrNull(landed.region ?? null),
      guildId: textOrNull(landed.guild ?? null),
      bucket: landed.bucket === undefined ? null : numberOf(landed.bucket),
      purchases: numberOf(landed.purchases),
      revenue: numberOf(landed.revenue),
      players: numberOf(landed.players),
    }),
    addLive({ type, data }, at) {
      if (type !== "SwordBought" || !isWithin(span, at)) return null
      return {
        swordType: bySword ? data.swordType : null,
        region: byRegion ? data.region : null,
        guildId: byGuild ? data.guild : null,
        bucket: bucket === null ? null : bucketOf(bucket, at),
        ...{ purchases: 1, revenue: data.price, players: 0 },
      }
    },
  }
}
