import type { GameEvent } from "../domain/events.js"
import type { NamedRow } from "../lake/namedRows.js"
import { numberOf, textOrNull } from "./landedEvents.js"
import { type Cut, compare, type HistoryParts } from "./parts.js"
import { fillReport, type Report, type ReportSelection } from "./report.js"
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
export interface SalesRow {
  readonly swordType: string | null
  readonly region: string | null
  /** Also null for purchases of players without a guild. */
  readonly guildId: string | null
  /** When it begins, in milliseconds since 1970. */
  readonly bucket: number | null
  readonly purchases: number
  readonly revenue: number
  /** How many distinct players, in the landed part. */
  readonly players: number
}

export interface SalesReport extends Cut {
  readonly rows: readonly SalesRow[]
}

type SalesGroup = Pick<SalesRow, "swordType" | "region" | "guildId" | "bucket">

/** A row while it accumulates. */
interface Growing extends SalesGroup {
  purchases: number
  revenue: number
  players: number
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
  const groups = new SalesGroups(request)
  const { cut } = await fillReport(parts, groups, request.live, signal)
  return { rows: groups.rows(), ...cut }
}

/** The rows of a report as they accumulate. */
class SalesGroups implements Report {
  readonly name = "sales"
  readonly #request: SalesRequest
  readonly #bySword: boolean
  readonly #byRegion: boolean
  readonly #byGuild: boolean
  readonly #rows = new Map<string, Growing>()

  constructor(request: SalesRequest) {
    const { by, bucket } = request
    this.#request = request
    this.#bySword = by.includes("SWORD")
    this.#byRegion = by.includes("REGION")
    this.#byGuild = by.includes("GUILD")
    if (by.length === 0 && bucket === null) this.#row(null, null, null, null)
  }

  get size(): number {
    return this.#rows.size
  }

  select(at: string): ReportSelection {
    const { bucket, span } = this.#request
    const dimensions = {
      ...(this.#bySword ? { sword_type: '"sword_type"' } : {}),
      ...(this.#byRegion ? { region: '"region"' } : {}),
      ...(this.#byGuild ? { guild: '"guild"' } : {}),
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
  }

  addLanded(row: NamedRow): void {
    const bucket = row.bucket === undefined ? null : numberOf(row.bucket)
    const [swordType, region, guild] = [row.sword_type, row.region, row.guild].map(cell =>
      textOrNull(cell ?? null),
    )
    const grown = this.#row(swordType ?? null, region ?? null, guild ?? null, bucket)
    grown.purchases += numberOf(row.purchases)
    grown.revenue += numberOf(row.revenue)
    grown.players += numberOf(row.players)
  }

  addLive({ type, data }: GameEvent, at: number): void {
    const { bucket, span } = this.#request
    if (type !== "SwordBought" || !isWithin(span, at)) return
    const { swordType, region, guild, price } = data
    const grown = this.#row(
      this.#bySword ? swordType : null,
      this.#byRegion ? region : null,
      this.#byGuild ? guild : null,
      bucket === null ? null : bucketOf(bucket, at),
    )
    grown.purchases += 1
    grown.revenue += price
  }

  /** By bucket, sword, region, guild. */
  rows(): SalesRow[] {
    return [...this.#rows.values()].sort(
      (one, other) =>
        compare(one.bucket, other.bucket) ||
        compare(one.swordType, other.swordType) ||
        compare(one.region, other.region) ||
        compare(one.guildId, other.guildId),
    )
  }

  #row(
    swordType: string | null,
    region: string | null,
    guildId: string | null,
    bucket: number | null,
  ): Growing {
    // None of the texts contains a line break, and none is empty.
    const key = `${swordType ?? ""}\n${region ?? ""}\n${guildId ?? ""}\n${bucket ?? ""}`
    const known = this.#rows.get(key)
    if (known !== undefined) return known
    const row = { swordType, region, guildId, bucket, purchases: 0, revenue: 0, players: 0 }
    this.#rows.set(key, row)
    return row
  }
}
