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

/** A socket lives for at most this, then it is cut. */
const CUT_WITHIN_MS = 1500

/** Between two notices that are due it does not take longer. */
const SILENCE_MS = 20_000

/** What a subscriber follows, and what of all that happens belongs to it. */
export interface Interest {
  readonly name: string
  readonly subscription: Subscription
  readonly wants: (happened: Happened) => boolean
  /** What its notice tells: the purchase's id, or the event's type. */
  readonly tells: (happened: Happened) => string
}

/** One of each kind, and each filter; the times are in milliseconds since 1970. */
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
    tells: ({ purchase }) => purchase?.id ?? "",
  }
}

function changed(subscription: Subscription, wants: Interest["wants"]): Interest {
  const [field = ""] = /\w+Changed/.exec(subscription.query) ?? []
  const name = `${field} ${JSON.stringify(subscription.variables)}`
  return { name, subscription, wants, tells: ({ type }) => type }
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

  /** Resolves once all are subscribed: what happens from now on belongs to them. */
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

  /** Holds what each was told against what was promised. */
  async expectComplete(happened: readonly Happened[]): Promise<void> {
    for (const one of this.all) await expectComplete(one, one.subscriber, happened)
  }

  async stop(): Promise<void> {
    this.stopCutting()
    await Promise.all(this.all.map(({ subscriber }) => subscriber.stop()))
  }
}

/**
 * Waits until a subscriber was told as much as was promised, and compares one by one. That it was told in the log's
 * order, and nothing twice, a subscriber checks itself, by the cursors.
 */
export async function expectComplete(
  { name, wants, tells }: Interest,
  subscriber: Subscriber,
  happened: readonly Happened[],
): Promise<void> {
  const promised = happened.filter(wants).map(one => `${one.offset} ${tells(one)}`)
  await toldOf(subscriber, promised.length)
  const told = subscriber.told.map(({ offset, what }) => `${offset} ${what}`)
  expect(subscriber.problems, name).toEqual([])
  expect(without(promised, told), `${name}: promised and not told`).toEqual([])
  expect(without(told, promised), `${name}: told and not promised, or twice`).toEqual([])
  expect(told.length, `${name}: something was told`).toBeGreaterThan(0)
}

/** Waits until a subscriber was told so much, or nothing more comes. */
async function toldOf({ told, problems }: Subscriber, count: number): Promise<void> {
  let before = 0
  let since = Date.now()
  while (told.length < count && problems.length === 0 && Date.now() - since < SILENCE_MS) {
    if (told.length > before) since = Date.now()
    before = told.length
    await lasting(20)
  }
}

/** What is left of one list when the other is taken away, each as often as it is there; the first few. */
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
