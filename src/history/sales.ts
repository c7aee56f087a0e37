import type { NamedRow } from "../lake/namedRows.js"
import { numberOf, textOrNull } from "./engine.js"
import type { Landed } from "./landed.js"
import { eachEvent } from "./live.js"
import { assertReportSize, type Cut, compare, cutOf, type HistoryParts, REPORT_ROWS_MAX } from "./parts.js"
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

interface Sold {
  readonly swordType: string
  readonly region: string
  readonly guild: string | null
  readonly price: number
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
  const landed = await parts.reader.read()
  const end = parts.live.end
  const joined = request.live && parts.live.reachesBackTo(landed.offset)
  const groups = new SalesGroups(request)
  const [rows] = await Promise.all([
    landedRows(parts, landed, request, signal),
    joined ? addLive(parts, groups, landed.offset, end, signal) : null,
  ])
  for (const row of rows) groups.addLanded(row)
  return { rows: groups.rows(), ...cutOf(landed, end, joined) }
}

async function landedRows(
  { events }: HistoryParts,
  landed: Landed,
  { by, bucket, span }: SalesRequest,
  signal: AbortSignal,
): Promise<readonly NamedRow[]> {
  const at = events.engine.dialect.milliseconds('"appended_at"')
  const dimensions = {
    ...(by.includes("SWORD") ? { sword_type: '"sword_type"' } : {}),
    ...(by.includes("REGION") ? { region: '"region"' } : {}),
    ...(by.includes("GUILD") ? { guild: '"guild"' } : {}),
    ...(bucket === null ? {} : { bucket: bucketSql(bucket, at) }),
  }
  const expressions = Object.values(dimensions)
  const totals = { purchases: "count(*)", revenue: 'sum("price")', players: 'count(DISTINCT "player")' }
  const selection = {
    columns: { ...dimensions, ...totals },
    span,
    where: [`"type" = 'SwordBought'`],
    rest: expressions.length === 0 ? "" : `GROUP BY ${expressions.join(", ")}`,
    rowsMax: REPORT_ROWS_MAX,
  }
  return events.select(landed, selection, signal)
}

async function addLive(
  { live }: HistoryParts,
  groups: SalesGroups,
  from: number,
  end: number,
  signal: AbortSignal,
): Promise<void> {
  for await (const records of live.records(from, end, signal)) {
    eachEvent(records, (event, at) => {
      if (event.type === "SwordBought") groups.addLive(event.data, at)
    })
    assertReportSize("sales", groups.size)
  }
  signal.throwIfAborted()
}

/** The rows of a report as they accumulate. */
class SalesGroups {
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

  addLive({ swordType, region, guild, price }: Sold, at: number): void {
    const { bucket, span } = this.#request
    if (!isWithin(span, at)) return
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
    assertReportSize("sales", this.size)
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
