import { setTimeout as lasting } from "node:timers/promises"
import { expect } from "vitest"
import type { Happened, Market, Purchase } from "./market.js"
import {
  guildChanged,
  type PurchaseFilter,
  playerChanged,
  purchases,
  Subscriber,
  type Subscription,
} from "./subscriber.js"

/** The longest life of a socket before it is cut. */
const CUT_WITHIN_MS = 1500

/** The longest time between two notices that are due. */
const SILENCE_MS = 20_000

/** What a subscriber follows, and which events it must receive. */
export interface Interest {
  readonly name: string
  readonly subscription: Subscription
  readonly wants: (happened: Happened) => boolean
  /** What its notice contains: the purchase's id, or the event's type. */
  readonly describes: (happened: Happened) => string
}

/** One of each kind and each filter; times are in milliseconds since 1970. */
export function interestsIn(market: Market, from: number, to: number): Interest[] {
  const [player = "", other = ""] = market.players.slice(-2)
  const [guild] = market.guilds
  const times = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
  const during = ({ purchasedAt }: Purchase) => times.from <= purchasedAt && purchasedAt < times.to
  return [
    bought({}, () => true),
    bought({ playerId: player }, (_, buyer) => buyer === player),
    bought({ swordType: "katana" }, ({ sword }) => sword.type === "katana"),
    bought({ region: "asia" }, ({ region }) => region === "asia"),
    bought({ guildId: guild }, ({ guildId }) => guildId === guild),
    bought(times, during),
    bought({ from: times.from, region: "us" }, ({ purchasedAt, region }) => {
      return purchasedAt >= times.from && region === "us"
    }),
    bought({ swordType: "dagger", region: "eu", to: times.to }, ({ sword, region, purchasedAt }) => {
      return sword.type === "dagger" && region === "eu" && purchasedAt < times.to
    }),
    ...[player, other].map(id => changed(playerChanged(id), one => one.player === id)),
    ...market.guilds.map(id => changed(guildChanged(id), one => one.purchase === null && one.guild === id)),
  ]
}

export function bought(
  filter: PurchaseFilter,
  wants: (purchase: Purchase, player: string) => boolean,
): Interest {
  return {
    name: `purchases ${JSON.stringify(filter)}`,
    subscription: purchases(filter),
    wants: ({ purchase, player }) => purchase !== null && wants(purchase, player),
    describes: ({ purchase }) => purchase?.id ?? "",
  }
}

function changed(subscription: Subscription, wants: Interest["wants"]): Interest {
  const [field = ""] = /\w+Changed/.exec(subscription.query) ?? []
  const name = `${field} ${JSON.stringify(subscription.variables)}`
  return { name, subscription, wants, describes: ({ type }) => type }
}

/** Subscribers with different interests, whose sockets are cut at random moments. */
export class Watchers {
  readonly all: readonly (Interest & { readonly subscriber: Subscriber })[]
  readonly #random: () => number
  readonly #cutting = new AbortController()

  private constructor(all: Watchers["all"], random: () => number) {
    this.all = all
    this.#random = random
  }

  /** Resolves once all are subscribed: they must receive what happens from now on. */
  static async begin(
    urls: readonly string[],
    interests: readonly Interest[],
    random: () => number,
  ): Promise<Watchers> {
    const begun = interests.map(async (interest, n) => {
      const url = urls[n % urls.length] ?? ""
      return { ...interest, subscriber: await Subscriber.begin(url, interest.subscription) }
    })
    return new Watchers(await Promise.all(begun), random)
  }

  /** Cuts sockets from now on; each next one goes to one of these. */
  startCutting(urls: readonly string[]): void {
    for (const { subscriber } of this.all) void this.#cutAgain(subscriber, urls)
  }

  stopCutting(): void {
    this.#cutting.abort()
  }

  async #cutAgain(subscriber: Subscriber, urls: readonly string[]): Promise<void> {
    for (;;) {
      await lasting(this.#random() * CUT_WITHIN_MS)
      if (this.#cutting.signal.aborted) return
      subscriber.moveTo(urls[Math.floor(this.#random() * urls.length)] ?? "")
      subscriber.cut()
    }
  }

  /** All go to one server from now on. */
  moveTo(url: string): void {
    for (const { subscriber } of this.all) {
      subscriber.moveTo(url)
      subscriber.cut()
    }
  }

  /** Compares what each has received with what was promised. */
  async expectComplete(happened: readonly Happened[]): Promise<void> {
    for (const one of this.all) await expectComplete(one, one.subscriber, happened)
  }

  async stop(): Promise<void> {
    this.stopCutting()
    await Promise.all(this.all.map(({ subscriber }) => subscriber.stop()))
  }
}

/**
 * Waits until a subscriber has received as much as was promised, and compares one by one. The subscriber
 * itself checks, by the cursors, that it came in the log's order and nothing came twice.
 */
export async function expectComplete(
  { name, wants, describes }: Interest,
  subscriber: Subscriber,
  happened: readonly Happened[],
): Promise<void> {
  const promised = happened.filter(wants).map(one => `${one.offset} ${describes(one)}`)
  await awaitNotices(subscriber, promised.length)
  const received = subscriber.received.map(({ offset, what }) => `${offset} ${what}`)
  expect(subscriber.problems, name).toEqual([])
  expect(without(promised, received), `${name}: promised but not received`).toEqual([])
  expect(without(received, promised), `${name}: received but not promised, or twice`).toEqual([])
  expect(received.length, `${name}: anything received`).toBeGreaterThan(0)
}

/** Waits until a subscriber has received this many notices, or nothing more comes. */
async function awaitNotices({ received, problems }: Subscriber, count: number): Promise<void> {
  let before = 0
  let since = Date.now()
  while (received.length < count && problems.length === 0 && Date.now() - since < SILENCE_MS) {
    if (received.length > before) since = Date.now()
    before = received.length
    await lasting(20)
  }
}

/** The first few lines of one list that the other one lacks; duplicates count. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const line of other) counts.set(line, (counts.get(line) ?? 0) + 1)
  const left = list.filter(line => {
    const count = counts.get(line) ?? 0
    counts.set(line, count - 1)
    return count <= 0
  })
  return left.slice(0, 10)
}
