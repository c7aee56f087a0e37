import type { GameEvent } from "../domain/events.js"
import type { NamedRow } from "../lake/namedRows.js"
import { quoteText } from "../lake/sql.js"
import type { Landed } from "./landed.js"
import { isIn, numberOf, textOf } from "./landedEvents.js"
import { type Cut, compare, type HistoryParts } from "./parts.js"
import { fillReport, REPORT_ROWS_MAX, type Report, type ReportSelection } from "./report.js"
import { type Bucket, bucketOf, bucketSql, isWithin, type Span } from "./span.js"

export interface GrowthRequest {
  /** Null: all guilds. */
  readonly guild: string | null
  readonly bucket: Bucket
  readonly span: Span
}

export interface GrowthRow {
  readonly guildId: string
  /** When it begins, in milliseconds since 1970. */
  readonly bucket: number
  /** Founding a guild counts as joining it. */
  readonly joined: number
  readonly left: number
  /** At the end of the bucket, over all history. */
  readonly members: number
}

export interface GrowthReport extends Cut {
  readonly rows: readonly GrowthRow[]
}

const JOINING: readonly string[] = ["GuildFounded", "GuildJoined"]
const LEAVING: readonly string[] = ["GuildLeft"]
const CHANGING = [...JOINING, ...LEAVING]

const isJoining = isIn('"type"', JOINING)
const isLeaving = isIn('"type"', LEAVING)

/**
 * How many players joined and left guilds, by time (R41), and how many members there were at the end of each bucket; no
 * row for a bucket without changes. Throws HISTORY_UNAVAILABLE, and LIMIT_EXCEEDED for too many rows.
 */
export async function guildGrowth(
  parts: HistoryParts,
  request: GrowthRequest,
  signal: AbortSignal,
): Promise<GrowthReport> {
  const growth = new Growth(request)
  const { landed, cut } = await fillReport(parts, growth, true, signal)
  for (const { guild, members } of await landedBefore(parts, landed, request, growth.guilds, signal)) {
    growth.addBefore(textOf(guild), numberOf(members))
  }
  return { rows: growth.rows(), ...cut }
}

/** How many members guilds had when the span begins, as far as the events have landed. */
async function landedBefore(
  { events }: HistoryParts,
  landed: Landed,
  { span }: GrowthRequest,
  guilds: readonly string[],
  signal: AbortSignal,
): Promise<readonly NamedRow[]> {
  if (span.from === null || guilds.length === 0) return []
  const change = `CASE WHEN ${isJoining} THEN 1 ELSE -1 END`
  const selection = {
    columns: { guild: '"guild"', members: `sum(${change})` },
    span: { from: null, to: span.from },
    where: [isIn('"type"', CHANGING), isIn('"guild"', guilds)],
    rest: 'GROUP BY "guild"',
    rowsMax: REPORT_ROWS_MAX,
  }
  return events.select(landed, selection, signal)
}

interface Change {
  readonly guildId: string
  readonly bucket: number
  joined: number
  left: number
}

/** The changes of a report as they accumulate. */
class Growth implements Report {
  readonly name = "guildGrowth"
  readonly #request: GrowthRequest
  readonly #changes = new Map<string, Change>()
  /** The members of each guild when the span begins. */
  readonly #before = new Map<string, number>()

  constructor(request: GrowthRequest) {
    this.#request = request
  }

  get size(): number {
    return this.#changes.size
  }

  /** The guilds that have a row. */
  get guilds(): readonly string[] {
    return [...new Set([...this.#changes.values()].map(({ guildId }) => guildId))]
  }

  select(at: string): ReportSelection {
    const { guild, bucket, span } = this.#request
    const start = bucketSql(bucket, at)
    return {
      columns: {
        guild: '"guild"',
        bucket: start,
        joined: `sum(CASE WHEN ${isJoining} THEN 1 ELSE 0 END)`,
        left: `sum(CASE WHEN ${isLeaving} THEN 1 ELSE 0 END)`,
      },
      span,
      where: [isIn('"type"', CHANGING), ...(guild === null ? [] : [`"guild" = ${quoteText(guild)}`])],
      rest: `GROUP BY "guild", ${start}`,
    }
  }

  addLanded(row: NamedRow): void {
    const change = this.#change(textOf(row.guild), numberOf(row.bucket))
    change.joined += numberOf(row.joined)
    change.left += numberOf(row.left)
  }

  addLive(event: GameEvent, at: number): void {
    if (event.type === "GuildFounded" || event.type === "GuildJoined") this.#add(event.data.guild, at, 1)
    else if (event.type === "GuildLeft") this.#add(event.data.guild, at, -1)
  }

  #add(guild: string, at: number, by: 1 | -1): void {
    const { guild: wanted, bucket, span } = this.#request
    if (wanted !== null && wanted !== guild) return
    if (span.from !== null && at < span.from) this.addBefore(guild, by)
    if (!isWithin(span, at)) return
    const change = this.#change(guild, bucketOf(bucket, at))
    if (by === 1) change.joined += 1
    else change.left += 1
  }

  addBefore(guild: string, by: number): void {
    this.#before.set(guild, by + (this.#before.get(guild) ?? 0))
  }

  /** By guild, then bucket. */
  rows(): GrowthRow[] {
    const changes = [...this.#changes.values()].sort(
      (one, other) => compare(one.guildId, other.guildId) || compare(one.bucket, other.bucket),
    )
    const members = new Map(this.#before)
    return changes.map(change => {
      const { guildId, joined, left } = change
      const now = (members.get(guildId) ?? 0) + joined - left
      members.set(guildId, now)
      return { ...change, members: now }
    })
  }

  #change(guildId: string, bucket: number): Change {
    // A guild's id contains no line break.
    const key = `${guildId}\n${bucket}`
    const change = this.#changes.get(key) ?? { guildId, bucket, joined: 0, left: 0 }
    this.#changes.set(key, change)
    return change
  }
}
