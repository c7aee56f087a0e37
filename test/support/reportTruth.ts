import { expect } from "vitest"
import type { GameEvent } from "../../src/domain/events.js"
import type { Goods } from "../../src/domain/goods.js"
import type { PositionedEvent } from "../../src/tail/eventFilter.js"
import type {
  PagedPurchase,
  PagesAnswer,
  PastAnswer,
  PastPlayer,
  ReportPoll,
  SalesAnswer,
  SalesQuestion,
  SoldRow,
} from "./reportPoll.js"

interface Sold extends PagedPurchase {
  readonly offset: number
  readonly at: number
}

/**
 * Compares every polled answer with all that had happened in the realm, in the log's order, at that answer's
 * cut. The sums are computed here again, without the history's code.
 */
export function expectExact(poll: ReportPoll, events: readonly PositionedEvent[]): void {
  const sold = events.flatMap(soldBy)
  expect(poll.problems).toEqual([])
  expectSales(poll.sales, sold)
  expectNeverLess(poll.sales)
  for (const pages of poll.pages) expectPages(pages, sold)
  expectPast(poll.past, events)
}

function soldBy({ id, offset, at, event }: PositionedEvent): Sold[] {
  if (event.type !== "SwordBought") return []
  const { player, swordType, price, region, guild } = event.data
  const purchasedAt = new Date(at).toISOString()
  const paged = {
    id,
    price,
    region,
    guildId: guild,
    purchasedAt,
    player: { id: player },
    sword: { type: swordType },
  }
  return [{ ...paged, offset, at }]
}

/** Question by question, so that what was sold is gone through once for all its answers. */
function expectSales(answers: readonly SalesAnswer[], sold: readonly Sold[]): void {
  for (const question of new Set(answers.map(answer => answer.question))) {
    const its = answers.filter(answer => answer.question === question)
    const buyers = new Sums(question, sold).at(its.map(({ landed }) => landed))
    const sums = new Sums(question, sold).at(its.map(({ through }) => through))
    for (const { rows, landed, through } of its) {
      const players = new Map(buyers.get(landed)?.map(row => [keyOf(row), row.players]))
      const expected =
        sums.get(through)?.map(row => ({ ...row, players: players.get(keyOf(row)) ?? 0 })) ?? []
      const cut = `sales ${JSON.stringify(question)}, landed ${landed}, through ${through}`
      expect(inOrder(rows), cut).toEqual(inOrder(expected))
    }
  }
}

/** The rows of one question as of any offsets. */
class Sums {
  readonly #question: SalesQuestion
  readonly #sold: readonly Sold[]
  readonly #rows = new Map<string, { row: SoldRow; buyers: Set<string> }>()

  constructor(question: SalesQuestion, sold: readonly Sold[]) {
    this.#question = question
    this.#sold = sold
  }

  at(offsets: readonly number[]): ReadonlyMap<number, readonly SoldRow[]> {
    const { by, bucket } = this.#question
    if (by.length === 0 && bucket === null) this.#add(null)
    const found = new Map<number, readonly SoldRow[]>()
    let next = 0
    for (const offset of [...new Set(offsets)].sort((one, other) => one - other)) {
      for (; (this.#sold[next]?.offset ?? offset) < offset; next++) this.#add(this.#sold[next] ?? null)
      found.set(
        offset,
        [...this.#rows.values()].map(({ row, buyers }) => ({ ...row, players: buyers.size })),
      )
    }
    return found
  }

  #add(one: Sold | null): void {
    const { by, bucket, from } = this.#question
    if (one !== null && one.at < (from ?? 0)) return
    const group = {
      sword: by.includes("SWORD") && one !== null ? one.sword : null,
      region: by.includes("REGION") && one !== null ? one.region : null,
      guildId: by.includes("GUILD") && one !== null ? one.guildId : null,
      bucket: bucket !== null && one !== null ? beginOf(bucket, one.at) : null,
    }
    const key = keyOf(group)
    const known = this.#rows.get(key)
    const { row, buyers } = known ?? {
      row: { ...group, purchases: 0, revenue: 0, players: 0 },
      buyers: new Set<string>(),
    }
    if (one !== null) buyers.add(one.player.id)
    const purchases = row.purchases + (one === null ? 0 : 1)
    const revenue = row.revenue + (one?.price ?? 0)
    this.#rows.set(key, { row: { ...row, purchases, revenue }, buyers })
  }
}

function beginOf(bucket: SalesQuestion["bucket"] & string, at: number): string {
  const begin = new Date(at)
  begin.setUTCSeconds(0, 0)
  if (bucket !== "MINUTE") begin.setUTCMinutes(0)
  if (bucket === "DAY") begin.setUTCHours(0)
  return begin.toISOString()
}

function keyOf({
  sword,
  region,
  guildId,
  bucket,
}: Omit<SoldRow, "purchases" | "revenue" | "players">): string {
  return JSON.stringify([sword?.type, region, guildId, bucket])
}

function inOrder(rows: readonly SoldRow[]): SoldRow[] {
  return [...rows].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
}

/** What one server says has been sold never becomes less, nor does its cut go back. */
function expectNeverLess(answers: readonly SalesAnswer[]): void {
  for (const url of new Set(answers.map(answer => answer.url))) {
    const totals = answers.filter(answer => answer.url === url && answer.question.by.length === 0)
    const whole = totals.filter(({ question }) => question.bucket === null)
    const revenues = whole.map(({ rows }) => rows[0]?.revenue ?? 0)
    const cuts = whole.map(({ through }) => through)
    expect(revenues).toEqual([...revenues].sort((one, other) => one - other))
    expect(cuts).toEqual([...cuts].sort((one, other) => one - other))
  }
}

/** Pages one after the other are a piece of all purchases without a gap, from one that was young enough. */
function expectPages({ known, purchases }: PagesAnswer, sold: readonly Sold[]): void {
  const [newest] = purchases
  const place = sold.findIndex(({ id }) => id === newest?.id)
  const expected = sold
    .slice(0, place + 1)
    .reverse()
    .slice(0, purchases.length)
  expect(purchases).toEqual(expected.map(({ offset: _, at: __, ...paged }) => paged))
  // What comes after the newest of the answer was not known yet.
  expect(sold[place + 1]?.offset ?? known).toBeGreaterThanOrEqual(known)
}

function expectPast(answers: readonly PastAnswer[], events: readonly PositionedEvent[]): void {
  const byPlayer = new Map<string, PositionedEvent[]>()
  for (const event of events) {
    for (const player of playersOf(event.event)) {
      byPlayer.set(player, [...(byPlayer.get(player) ?? []), event])
    }
  }
  let unclear = 0
  for (const { id, at, player, known } of answers) {
    const end = events.find(event => event.at > at)?.offset ?? Number.POSITIVE_INFINITY
    if (end > known) {
      // It may not have read all of that beginning of the log: then it left out the rest.
      unclear += 1
      continue
    }
    const own = (byPlayer.get(id) ?? []).filter(({ offset }) => offset < end)
    const found = player && { ...player, inventory: [...player.inventory].sort(byType) }
    expect(found, `${id} as of ${at}`).toEqual(playerAfter(id, own))
  }
  expect(unclear).toBeLessThanOrEqual(answers.length / 2)
}

/** The players that an event is about: who acted, and who gave or received. */
function playersOf({ data }: GameEvent): ReadonlySet<string> {
  const others = [...("to" in data ? [data.to] : []), ...("from" in data ? [data.from] : [])]
  return new Set([data.player, ...others])
}

/** A player after the events that are about it. */
function playerAfter(id: string, events: readonly PositionedEvent[]): PastPlayer | null {
  if (events.length === 0) return null
  const swords = new Map<string, number>()
  let gold = 0
  let guild: string | null = null
  for (const { event } of events) {
    if (event.type === "GuildFounded" || event.type === "GuildJoined") guild = event.data.guild
    if (event.type === "GuildLeft") guild = null
    const [gets, gives] = goodsMoved(id, event)
    gold += gets.gold - gives.gold
    for (const { swordType, count } of gets.swords)
      swords.set(swordType, (swords.get(swordType) ?? 0) + count)
    for (const { swordType, count } of gives.swords)
      swords.set(swordType, (swords.get(swordType) ?? 0) - count)
  }
  const owned = [...swords].filter(([, count]) => count > 0)
  return {
    ...{ gold, version: new Set(events.map(({ offset }) => offset)).size },
    guild: guild === null ? null : { id: guild },
    inventory: owned.map(([type, count]) => ({ sword: { type }, count })).sort(byType),
  }
}

const NOTHING: Goods = { gold: 0, swords: [] }

/** What a player gets and what it gives by an event. */
function goodsMoved(id: string, { type, data }: GameEvent): readonly [Goods, Goods] {
  const one = (swordType: string) => [{ swordType, count: 1 }]
  switch (type) {
    case "PlayerRegistered":
      return [{ gold: data.gold, swords: [] }, NOTHING]
    case "GoldGranted":
      return [{ gold: data.amount, swords: [] }, NOTHING]
    case "SwordBought":
      return [
        { gold: 0, swords: one(data.swordType) },
        { gold: data.price, swords: [] },
      ]
    case "SwordSold":
      return [
        { gold: data.price, swords: [] },
        { gold: 0, swords: one(data.swordType) },
      ]
    case "MonsterFought":
      return [{ gold: data.goldWon, swords: [] }, NOTHING]
    case "GiftGiven": {
      const gift = { gold: data.gold ?? 0, swords: data.swordType === null ? [] : one(data.swordType) }
      return id === data.to ? [gift, NOTHING] : [NOTHING, gift]
    }
    case "TradeMade":
      return id === data.from ? [data.wants, data.gives] : [data.gives, data.wants]
    default:
      return [NOTHING, NOTHING]
  }
}

type Slot = PastPlayer["inventory"][number]

function byType(one: Slot, other: Slot): number {
  return one.sword.type < other.sword.type ? -1 : 1
}
