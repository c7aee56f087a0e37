import type { EngineRow } from "../ports/historyEngine.js"
import { placedEvents } from "../tail/topic.js"
import { numberOf, textOrNull } from "./engine.js"
import type { Landed } from "./landed.js"
import { assertReportSize, type Cut, compare, type HistoryParts, REPORT_ROWS_MAX } from "./parts.js"
import { BUCKET_MS, type Bucket, bucketOf, isWithin, type Span } from "./span.js"

export type SalesDimension = "SWORD" | "REGION" | "GUILD"

export interface SalesRequest {
  readonly by: readonly SalesDimension[]
  readonly bucket: Bucket | null
  readonly span: Span
  /** Whether what has not landed yet is wanted too. */
  readonly live: boolean
}

/** A dimension not asked for is null. */
export interface SalesRow {
  readonly swordType: string | null
  readonly region: string | null
  /** Also null for purchases of players without a guild. */
  readonly guildId: string | null
  /** When it begins, in milliseconds since 1970. */
  readonly bucket: number | null
  readonly purchases: number
  readonly revenue: number
  /** How many different players, in the landed part. */
  readonly players: number
}

export interface SalesReport extends Cut {
  readonly rows: readonly SalesRow[]
}

type Group = Pick<SalesRow, "swordType" | "region" | "guildId" | "bucket">

/**
 * What was sold, by any dimensions (R41): no row for what sold nothing, but one row of totals when nothing is told
 * apart. Throws HISTORY_UNAVAILABLE, and LIMIT_EXCEEDED for too many rows.
 */
export async function sales(
  parts: HistoryParts,
  request: SalesRequest,
  signal: AbortSignal,
): Promise<SalesReport> {
  const landed = await parts.reader.read()
  const end = parts.live.end
  const joined = request.live && parts.live.reachesBackTo(landed.offset)
  const groups = new Groups(request)
  const [rows] = await Promise.all([
    landedRows(parts, landed, request, signal),
    joined ? addLive(parts, groups, landed.offset, end, signal) : null,
  ])
  for (const row of rows) groups.addLanded(row)
  const live = joined || landed.offset >= end
  return { rows: groups.rows(), landedThrough: landed.offset, live }
}

async function landedRows(
  { events }: HistoryParts,
  landed: Landed,
  { by, bucket, span }: SalesRequest,
  signal: AbortSignal,
): Promise<readonly EngineRow[]> {
  const at = events.engine.dialect.milliseconds('"appended_at"')
  const dimensions = {
    ...(by.includes("SWORD") ? { sword_type: '"sword_type"' } : {}),
    ...(by.includes("REGION") ? { region: '"region"' } : {}),
    ...(by.includes("GUILD") ? { guild: '"guild"' } : {}),
    ...(bucket === null ? {} : { bucket: `${at} - ${at} % ${BUCKET_MS[bucket]}` }),
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
  groups: Groups,
  from: number,
  end: number,
  signal: AbortSignal,
): Promise<void> {
  for await (const records of live.records(from, end, signal)) {
    for (const { event, at } of records.flatMap(placedEvents)) {
      if (event.type === "SwordBought") groups.addLive(event.data, at)
    }
    assertReportSize("sales", groups.size)
  }
  signal.throwIfAborted()
}

/** The rows of a report as they come together. */
class Groups {
  readonly #request: SalesRequest
  readonly #rows = new Map<string, SalesRow>()

  constructor(request: SalesRequest) {
    this.#request = request
    const { by, bucket } = request
    if (by.length === 0 && bucket === null) {
      this.#add({ swordType: null, region: null, guildId: null, bucket: null }, 0, 0, 0)
    }
  }

  get size(): number {
    return this.#rows.size
  }

  addLanded(row: EngineRow): void {
    const group = {
      swordType: textOrNull(row.sword_type ?? null),
      region: textOrNull(row.region ?? null),
      guildId: textOrNull(row.guild ?? null),
      bucket: row.bucket === undefined ? null : numberOf(row.bucket),
    }
    this.#add(group, numberOf(row.purchases), numberOf(row.revenue), numberOf(row.players))
  }

  addLive(
    purchase: { swordType: string; region: string; guild: string | null; price: number },
    at: number,
  ): void {
    const { by, bucket, span } = this.#request
    if (!isWithin(span, at)) return
    const group = {
      swordType: by.includes("SWORD") ? purchase.swordType : null,
      region: by.includes("REGION") ? purchase.region : null,
      guildId: by.includes("GUILD") ? purchase.guild : null,
      bucket: bucket === null ? null : bucketOf(bucket, at),
    }
    this.#add(group, 1, purchase.price, 0)
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

  #add(group: Group, purchases: number, revenue: number, players: number): void {
    // None of the texts holds a line break, and none is empty.
    const key = [group.swordType, group.region, group.guildId, group.bucket].join("\n")
    const known = this.#rows.get(key)
    this.#rows.set(key, {
      ...group,
      purchases: purchases + (known?.purchases ?? 0),
      revenue: revenue + (known?.revenue ?? 0),
      players: players + (known?.players ?? 0),
    })
  }
}
