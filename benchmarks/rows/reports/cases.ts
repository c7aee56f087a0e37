import { playerAggregate } from "../../../src/domain/aggregates.js"
import type { History } from "../../../src/history/history.js"
import { ALWAYS } from "../../../src/history/span.js"
import type { NamedRow } from "../../../src/lake/namedRows.js"
import { pageCursor } from "../../../src/resolvers/pageCursor.js"
import { type FilledLog, PLAYER_PREFIX } from "../../comparison/filledLog.js"

/** One report: how a client asks for it, and how to compare two answers to it. `T`: the GraphQL answer's data. */
export interface ReportCase<T> {
  /** Of its figure. */
  readonly name: string
  /** For people. */
  readonly title: string
  /** Whether it takes long enough for a wide spread to mean that the machine was busy. */
  readonly decisive: boolean
  readonly query: string
  readonly variables: object
  /** Sends the report's own SQL to the history's engine. */
  ask(history: History): Promise<unknown>
  /** What the answer says, one line each, in any order. */
  ofAnswer(data: T): readonly string[]
  /** The same of the rows that the engine answers to the last statement of the SQL. */
  ofRows(rows: readonly NamedRow[]): readonly string[]
}

interface SalesData {
  readonly sales: { readonly rows: readonly SalesLine[] }
}

interface SalesLine {
  readonly sword: { readonly type: string } | null
  readonly region: string | null
  readonly guildId: string | null
  readonly purchases: number
  readonly revenue: number
  readonly players: number
}

interface PurchasesData {
  readonly purchases: { readonly edges: readonly { readonly node: { readonly id: string } }[] }
}

interface GrowthData {
  readonly guildGrowth: { readonly rows: readonly GrowthLine[] }
}

interface GrowthLine {
  readonly guildId: string
  readonly bucket: string
  readonly joined: number
  readonly left: number
}

interface AsOfData {
  readonly playerAsOf: { readonly version: number } | null
}

const SALES = `query ($by: [SalesDimension!]!) {
  sales(by: $by) { rows { sword { type } region guildId purchases revenue players } }
}`
const PURCHASES = `query ($first: Int!, $after: Cursor, $filter: PurchaseFilter) {
  purchases(first: $first, after: $after, filter: $filter) {
    edges { node { id price region purchasedAt sword { type } guildId } } pageInfo { hasNextPage endCursor }
  }
}`
const GROWTH = "{ guildGrowth(bucket: HOUR) { rows { guildId bucket joined left members } } }"
const AS_OF = "query ($id: ID!, $at: DateTime!) { playerAsOf(id: $id, at: $at) { version gold health } }"

const PLAYER = `${PLAYER_PREFIX}7`

export function salesCase(name: string, title: string, by: readonly ("SWORD" | "REGION" | "GUILD")[]) {
  return {
    ...{ name, title, decisive: true, query: SALES, variables: { by } },
    ask: history => history.sales({ by, bucket: null, span: ALWAYS, live: true }),
    ofAnswer: ({ sales }) =>
      sales.rows.map(({ sword, region, guildId, purchases, revenue, players }) =>
        [sword?.type ?? null, region, guildId, purchases, revenue, players].join(" "),
      ),
    ofRows: rows =>
      rows.map(({ sword_type = null, region = null, guild = null, purchases, revenue, players }) =>
        [sword_type, region, guild, purchases, revenue, players].join(" "),
      ),
  } satisfies ReportCase<SalesData>
}

export interface PageOptions {
  readonly first: number
  /** Only purchases before this offset; null: from the newest. */
  readonly before: number | null
  readonly ofPlayer: boolean
}

export function pageCase(name: string, title: string, { logId }: FilledLog, page: PageOptions) {
  const { first, before, ofPlayer } = page
  const after = before === null ? null : pageCursor(logId, "purchases", `${before}-0`)
  const filter = ofPlayer ? { playerId: PLAYER } : null
  const any = { swordType: null, region: null, guild: null, span: ALWAYS }
  return {
    ...{ name, title, decisive: false, query: PURCHASES, variables: { first, after, filter } },
    ask: history =>
      history.purchases({
        wish: { ...any, player: ofPlayer ? PLAYER : null },
        first,
        before: before === null ? null : { offset: before, index: 0 },
      }),
    ofAnswer: ({ purchases }) => purchases.edges.map(({ node }) => node.id),
    // One more than the page shows whether there is a next one.
    ofRows: rows => rows.slice(0, first).map(row => `${row.log_offset}-${row.event_index}`),
  } satisfies ReportCase<PurchasesData>
}

export function growthCase(name: string, title: string) {
  return {
    ...{ name, title, decisive: true, query: GROWTH, variables: {} },
    ask: history => history.guildGrowth({ guild: null, bucket: "HOUR", span: ALWAYS }),
    ofAnswer: ({ guildGrowth }) =>
      guildGrowth.rows.map(({ guildId, bucket, joined, left }) =>
        [guildId, Date.parse(bucket), joined, left].join(" "),
      ),
    ofRows: rows => rows.map(({ guild, bucket, joined, left }) => [guild, bucket, joined, left].join(" ")),
  } satisfies ReportCase<GrowthData>
}

/** `at`: in milliseconds since 1970. */
export function asOfCase(name: string, title: string, at: number) {
  const aggregate = playerAggregate(PLAYER)
  return {
    ...{ name, title, decisive: false, query: AS_OF },
    variables: { id: PLAYER, at: new Date(at).toISOString() },
    ask: async history => history.statesAsOf(await history.prefixAsOf(at), [aggregate]),
    ofAnswer: ({ playerAsOf }) => [String(playerAsOf?.version)],
    ofRows: rows => [String(new Set(rows.map(row => row.log_offset)).size)],
  } satisfies ReportCase<AsOfData>
}
