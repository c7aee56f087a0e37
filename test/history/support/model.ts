import type { Aggregate } from "../../../src/domain/aggregates.js"
import { changedBy } from "../../../src/domain/events.js"
import { evolve, type State } from "../../../src/domain/states.js"
import type { GrowthRequest, GrowthRow } from "../../../src/history/guildGrowth.js"
import type { HistoricPurchase, PurchaseWish } from "../../../src/history/purchases.js"
import type { SalesRequest, SalesRow } from "../../../src/history/sales.js"
import type { Bucket, Span } from "../../../src/history/span.js"
import type { Genesis } from "../../../src/log/commit.js"
import { readJudged } from "../../../src/log/judged.js"
import type { Log } from "../../../src/ports/log.js"
import { type PositionedEvent, positionedEvents } from "../../../src/tail/eventFilter.js"

/** Everything that happened: the effective events of a log, in order. */
export async function eventsIn(
  log: Log,
  genesis: Genesis,
  head: number,
): Promise<readonly PositionedEvent[]> {
  const end = new AbortController()
  const events: PositionedEvent[] = []
  for await (const { records } of readJudged(log, genesis, 0, end.signal)) {
    events.push(...records.flatMap(positionedEvents))
    if ((records.at(-1)?.offset ?? 0) + 1 >= head) end.abort()
  }
  return events
}

/** The reports again, as plainly as possible, over the list of all that happened. */
export class HistoryModel {
  readonly #events: readonly PositionedEvent[]

  constructor(events: readonly PositionedEvent[]) {
    this.#events = events
  }

  /** Over everything, or only over what has landed. */
  sales({ by, bucket, span, live }: SalesRequest, landed: number): SalesRow[] {
    const groups = new Map<string, { group: object; all: HistoricPurchase[]; landed: HistoricPurchase[] }>()
    const isTotal = by.length === 0 && bucket === null
    if (isTotal) groups.set("{}", { group: {}, all: [], landed: [] })
    for (const purchase of this.#purchases(span)) {
      const isLanded = Number(purchase.id.split("-")[0]) < landed
      if (!isLanded && !live) continue
      const group = {
        ...(by.includes("SWORD") ? { swordType: purchase.swordType } : {}),
        ...(by.includes("REGION") ? { region: purchase.region } : {}),
        ...(by.includes("GUILD") ? { guildId: purchase.guild } : {}),
        ...(bucket === null ? {} : { bucket: beginOf(bucket, purchase.at) }),
      }
      const key = JSON.stringify(group)
      const known = groups.get(key) ?? { group, all: [], landed: [] }
      groups.set(key, known)
      known.all.push(purchase)
      if (isLanded) known.landed.push(purchase)
    }
    return [...groups.values()].map(({ group, all, landed: some }) => ({
      ...{ swordType: null, region: null, guildId: null, bucket: null },
      ...group,
      purchases: all.length,
      revenue: all.reduce((sum, { price }) => sum + price, 0),
      players: new Set(some.map(({ player }) => player)).size,
    }))
  }

  /** All of them, newest first. */
  purchases({ player, swordType, region, guild, span }: PurchaseWish): HistoricPurchase[] {
    const wanted = this.#purchases(span).filter(
      one =>
        (player === null || one.player === player) &&
        (swordType === null || one.swordType === swordType) &&
        (region === null || one.region === region) &&
        (guild === null || one.guild === guild),
    )
    return wanted.reverse()
  }

  guildGrowth({ guild, bucket, span }: GrowthRequest): GrowthRow[] {
    const changes = this.#events.flatMap(({ at, event }) => {
      const by = { GuildFounded: 1, GuildJoined: 1, GuildLeft: -1 }[event.type as string]
      if (by === undefined || !("guild" in event.data)) return []
      return [{ guildId: event.data.guild ?? "", bucket: beginOf(bucket, at), at, by }]
    })
    const wanted = changes.filter(one => (guild === null || one.guildId === guild) && isIn(span, one.at))
    const rows = [...new Set(wanted.map(one => `${one.guildId} ${one.bucket}`))].map(key => {
      const [guildId = "", begin] = key.split(" ")
      const inRow = wanted.filter(one => one.guildId === guildId && one.bucket === Number(begin))
      const until = changes.filter(one => {
        const counts = one.bucket <= Number(begin) && (span.to === null || one.at < span.to)
        return one.guildId === guildId && counts
      })
      return {
        ...{ guildId, bucket: Number(begin) },
        joined: inRow.filter(({ by }) => by === 1).length,
        left: inRow.filter(({ by }) => by === -1).length,
        members: until.reduce((sum, { by }) => sum + by, 0),
      }
    })
    return rows
  }

  /** Where the longest prefix in which nothing is later ends; null when it is all of the log. */
  endAsOf(at: number): number | null {
    return this.#events.find(event => event.at > at)?.offset ?? null
  }

  /** States and versions as of an offset. */
  statesAsOf(end: number): ReadonlyMap<Aggregate, { readonly state: State; readonly version: number }> {
    const states = new Map<Aggregate, { state: State; changes: Set<number> }>()
    for (const { id, offset, event } of this.#events.filter(one => one.offset < end)) {
      for (const aggregate of changedBy(event)) {
        const before = states.get(aggregate) ?? { state: null, changes: new Set<number>() }
        const state = evolve(aggregate, before.state, event, id)
        if (state === undefined) throw new Error("the model's events do not fold")
        states.set(aggregate, { state, changes: before.changes.add(offset) })
      }
    }
    return new Map([...states].map(([name, { state, changes }]) => [name, { state, version: changes.size }]))
  }

  #purchases(span: Span): HistoricPurchase[] {
    return this.#events.flatMap(({ id, at, event }) => {
      if (event.type !== "SwordBought" || !isIn(span, at)) return []
      const { player, swordType, price, region, guild } = event.data
      return [{ id, player, swordType, price, region, guild, at }]
    })
  }
}

function isIn({ from, to }: Span, at: number): boolean {
  return at >= (from ?? 0) && at < (to ?? Number.POSITIVE_INFINITY)
}

/** When the minute, the hour or the day of a time begins. */
function beginOf(bucket: Bucket, at: number): number {
  const date = new Date(at)
  date.setUTCSeconds(0, 0)
  if (bucket === "DAY") date.setUTCHours(0)
  if (bucket !== "MINUTE") date.setUTCMinutes(0)
  return date.getTime()
}

/** In no particular order. */
export function sorted<T>(rows: readonly T[]): T[] {
  return [...rows].sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))
}
