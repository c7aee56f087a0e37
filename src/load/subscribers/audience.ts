import { setMaxListeners } from "node:events"
import { setTimeout as sleep } from "node:timers/promises"
import { SubscriptionConnection } from "../../client/connection.js"
import { OPERATIONS_PER_SOCKET_MAX, SOCKETS_MAX } from "../../client/socketClient.js"
import type { LoadCommand, PromisedEffect } from "../command.js"
import { Latencies, type LatencySummary } from "../latencies.js"
import type { Ledger } from "../ledger.js"
import type { Witness } from "../perform.js"
import type { Stop } from "../stop.js"
import type { Checking } from "./check.js"
import { type SubscriberFinding, SubscriberFindings } from "./findings.js"
import { type Interest, type InterestKind, interestOf, KINDS, nameOf } from "./interest.js"
import { type HeardPlayer, PlayerCheck } from "./playerCheck.js"
import { type HeardPurchase, PurchasesCheck } from "./purchasesCheck.js"
import { Subscriber } from "./subscriber.js"

/** The most that one server can have: after a failover it has all of them. */
export const SUBSCRIBERS_MAX = SOCKETS_MAX * OPERATIONS_PER_SOCKET_MAX

/** How often to check whether everything has arrived. */
const LOOK_MS = 20

/** How long to listen for surplus notices once everything has arrived. */
const LISTEN_MS = 300

export interface AudienceOptions {
  readonly count: number
  readonly urls: readonly string[]
  readonly ledger: Ledger
  /** Of the servers' catalogue. */
  readonly swordTypes: readonly string[]
  /** How long a subscriber tries to resume, and how long the end waits for what is missing, in milliseconds. */
  readonly withinMs: number
}

/** The figures of a run's subscribers. */
export interface AudienceReport {
  readonly count: number
  readonly sockets: number
  /** Heartbeats do not count. */
  readonly notices: number
  /** How often subscribers resumed after an interruption. */
  readonly resumed: number
  readonly findings: Readonly<Record<SubscriberFinding, number>>
  /** From a mutation's answer to its notice, by kind of filter; a notice before the answer counts as 0. */
  readonly latencyMs: Readonly<Partial<Record<InterestKind, LatencySummary>>>
}

type AnySubscriber = Subscriber<HeardPurchase> | Subscriber<HeardPlayer>

/** Subscribers that listen during the load: each must receive everything promised that passes its filter. */
export class Audience implements Witness {
  readonly findings = new SubscriberFindings()
  readonly #options: AudienceOptions
  readonly #latencies: ReadonlyMap<InterestKind, Latencies>
  readonly #subscribers: readonly AnySubscriber[]
  /** The subscribers by the name of their interest. */
  readonly #byInterest = new Map<string, AnySubscriber[]>()
  readonly #connections: readonly SubscriptionConnection[]
  readonly #ending = new AbortController()

  constructor(options: AudienceOptions) {
    const { count, urls, ledger, swordTypes } = options
    this.#options = options
    this.#latencies = new Map(KINDS.map(kind => [kind, new Latencies()]))
    const players = ledger.accounts.map(({ id }) => id)
    this.#subscribers = Array.from({ length: count }, (_, i) =>
      this.#newSubscriber(i, interestOf(i, players, swordTypes)),
    )
    const sockets = Math.ceil(count / OPERATIONS_PER_SOCKET_MAX)
    this.#connections = Array.from(
      { length: sockets },
      (_, first) => new SubscriptionConnection({ urls, first }),
    )
  }

  /** Resolves once all of them listen. Throws UserError if one fails to. */
  async begin(): Promise<void> {
    const { signal } = this.#ending
    // Each subscriber listens to the signal, as does each of its waits.
    setMaxListeners(0, signal)
    const options = { signal, withinMs: this.#options.withinMs }
    const beginning = this.#subscribers.map((subscriber, i) => {
      const connection = this.#connections[Math.floor(i / OPERATIONS_PER_SOCKET_MAX)]
      if (connection === undefined) throw new Error("a subscriber without a socket")
      return subscriber.begin(connection, options)
    })
    await Promise.all(beginning)
  }

  promised(command: LoadCommand, effect: PromisedEffect): void {
    const isPurchase = effect.kind === "purchase"
    const deed = { command, purchaseId: isPurchase ? effect.id : null, answeredAt: performance.now() }
    const players = [command.player, ...(command.other === undefined ? [] : [command.other])]
    const interests = players.map(player => nameOf({ kind: "playerChanged", player }))
    if (isPurchase) {
      interests.push(nameOf({ kind: "all" }), nameOf({ kind: "player", player: command.player }))
      interests.push(nameOf({ kind: "region", region: String(command.input.region) }))
      interests.push(nameOf({ kind: "sword", swordType: String(command.input.swordType) }))
    }
    for (const interest of interests) {
      for (const subscriber of this.#byInterest.get(interest) ?? []) subscriber.promised(deed)
    }
  }

  /** Discards the latencies so far: the warm-up is over. */
  restart(): void {
    for (const latencies of this.#latencies.values()) latencies.restart()
  }

  /**
   * Waits, for a bounded time, until each has received everything, then records what is wrong. To be called
   * once.
   */
  async finish(stop: Stop): Promise<void> {
    const until = Date.now() + this.#options.withinMs
    while (!this.#subscribers.every(({ isDone }) => isDone) && Date.now() < stop.bound(until))
      await sleep(LOOK_MS)
    await sleep(LISTEN_MS)
    for (const subscriber of this.#subscribers) subscriber.end()
  }

  /** Ends all subscriptions. Idempotent. */
  close(): void {
    this.#ending.abort()
    for (const connection of this.#connections) connection.close()
  }

  get report(): AudienceReport {
    const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
    const heard = [...this.#latencies].filter(([, { count }]) => count > 0)
    return {
      count: this.#subscribers.length,
      sockets: this.#connections.length,
      notices: sum(this.#subscribers.map(({ notices }) => notices)),
      resumed: sum(this.#subscribers.map(({ resumed }) => resumed)),
      findings: this.findings.counts,
      latencyMs: Object.fromEntries(heard.map(([kind, { summary }]) => [kind, summary])),
    }
  }

  #newSubscriber(index: number, interest: Interest): AnySubscriber {
    const { findings } = this
    const name = `subscriber ${index} (${nameOf(interest)})`
    const checking: Checking = {
      ledger: this.#options.ledger,
      latencies: this.#latencies.get(interest.kind) ?? new Latencies(),
      find: (finding, text) => findings.add(finding, `${name}: ${text}`),
    }
    const subscriber: AnySubscriber =
      interest.kind === "playerChanged"
        ? new Subscriber({ name, interest, findings, check: new PlayerCheck(interest.player, checking) })
        : new Subscriber({ name, interest, findings, check: new PurchasesCheck(interest, checking) })
    const others = this.#byInterest.get(nameOf(interest))
    if (others === undefined) this.#byInterest.set(nameOf(interest), [subscriber])
    else others.push(subscriber)
    return subscriber
  }
}
