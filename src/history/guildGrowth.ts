import type { NamedRow } from "../lake/namedRows.js"
import { quoteText } from "../lake/sql.js"
import type { Landed } from "./landed.js"
import { isIn, numberOf, textOf } from "./landedEvents.js"
import type { Cut, HistoryParts } from "./parts.js"
import { fillReport, REPORT_ROWS_MAX, type Report } from "./report.js"
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
  /** The members of each guild when the span begins. */
  const members = new Map<string, number>()
  const add = (guild: string, count: number) => members.set(guild, count + (members.get(guild) ?? 0))
  const { rows, landed, cut } = await fillReport(parts, growthReport(request, add), true, signal)
  const guilds = [...new Set(rows.map(({ guildId }) => guildId))]
  for (const before of await landedBefore(parts, landed, request, guilds, signal)) {
    add(textOf(before.guild), numberOf(before.members))
  }
  const withMembers = rows.map(row => {
    add(row.guildId, row.joined - row.left)
    return { ...row, members: members.get(row.guildId) ?? 0 }
  })
  return { rows: withMembers, ...cut }
}

/** The changes; those before the span that have not landed go to `addBefore`. */
function growthReport(
  { guild: wanted, bucket, span }: GrowthRequest,
  addBefore: (guild: string, by: number) => void,
): Report<Pick<GrowthRow, "guildId" | "bucket">, "joined" | "left"> {
  return {
    name: "guildGrowth",
    groups: ["guildId", "bucket"],
    sums: ["joined", "left"],
    select(at) {
      const start = bucketSql(bucket, at)
      return {
        columns: {
          guild: '"guild"',
          bucket: start,
          joined: `sum(CASE WHEN ${isJoining} THEN 1 ELSE 0 END)`,
          left: `sum(CASE WHEN ${isLeaving} THEN 1 ELSE 0 END)`,
        },
        span,
        where: [isIn('"type"', CHANGING), ...(wanted === null ? [] : [`"guild" = ${quoteText(wanted)}`])],
        rest: `GROUP BY "guild", ${start}`,
      }
    },
    row: landed => ({
      guildId: textOf(landed.guild),
      bucket: numberOf(landed.bucket),
      joined: numberOf(landed.joined),
      left: numberOf(landed.left),
    }),
    addLive({ type, data }, at) {
      if (type !== "GuildFounded" && type !== "GuildJoined" && type !== "GuildLeft") return null
      const { guild } = data
      if (wanted !== null && wanted !== guild) return null
      const joined = type === "GuildLeft" ? 0 : 1
      const left = 1 - joined
      if (span.from !== null && at < span.from) addBefore(guild, joined - left)
      return isWithin(span, at) ? { guildId: guild, bucket: bucketOf(bucket, at), joined, left } : null
    },
  }
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
