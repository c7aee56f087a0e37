import type { Aggregate } from "../../src/domain/aggregates.js"
import { sleep } from "../../src/lib/sleep.js"
import type { Api } from "./api.js"
import { understood } from "./decisions.js"
import type { Answer, Attempt } from "./history.js"
import type { Plan } from "./plan.js"
import type { Shared } from "./shared.js"
import { Workload } from "./workload.js"

/** How long a request travels, each way, at most. */
const TRAVEL_MS = 5
const BACKOFF_MS = 200

/**
 * A client: sends one command after another, with a key for each, through any process. When it does not know the outcome
 * of a command it retries with the same key, but only for half of the keys' retention.
 */
export class Client {
  readonly #shared: Shared
  readonly #plan: Plan
  readonly #apis: () => readonly Api[]
  readonly #random: () => number
  readonly #workload: Workload
  /** In the calm at the end an answer must come. */
  #calm = false

  constructor(shared: Shared, plan: Plan, name: string, apis: () => readonly Api[]) {
    this.#shared = shared
    this.#plan = plan
    this.#apis = apis
    this.#random = shared.random(name)
    this.#workload = new Workload(plan, name, { random: this.#random, offers: shared.offers })
  }

  /** Sends commands until a moment of virtual time. */
  async run(until: number): Promise<void> {
    const { clock } = this.#shared
    while (clock.now() < until) {
      await sleep(clock, Math.floor(this.#random() * this.#plan.thinkMs))
      await this.#carryOut(this.#workload.next())
    }
  }

  /** One command when nothing goes wrong any more: it must be decided. */
  async runCalmly(): Promise<void> {
    this.#calm = true
    const request = this.#workload.nextNew()
    const answer = await this.#carryOut(request)
    if (answer?.kind === "done" || answer?.kind === "refused") return
    if (answer?.code === "NEEDS_NEWER_BUILD") return
    const said = answer === null ? "no answer" : `${answer.code}: ${answer.message}`
    this.#shared.unhealed.push(`${understood(request).id} in the calm: ${said}`)
  }

  async #carryOut(request: Attempt["request"]): Promise<Answer | null> {
    const since = this.#shared.keyTime.now()
    const timely = () => this.#shared.keyTime.now() - since <= this.#plan.keyRetention / 2
    // Without its own key it cannot retry: that would be another command.
    if (!hasKey(request)) return this.#soon(this.#askOne(request, timely))
    let last: Answer | null = null
    for (;;) {
      if (!timely()) return last
      last = await this.#ask(request, timely)
      if (last !== null && this.#isContent(last)) return last
      await sleep(this.#shared.clock, Math.floor(this.#random() * BACKOFF_MS))
    }
  }

  /** Whether it goes on to another command. */
  #isContent(answer: Answer): boolean {
    if (answer.kind === "done") return this.#random() < 0.8
    if (answer.kind === "refused") return this.#random() < 0.75
    if (!isRetryable(answer.code)) return true
    return !this.#calm && this.#random() < 0.05
  }

  /** Asks one process, sometimes two at once, and takes the first answer that comes before it loses patience. */
  async #ask(request: Attempt["request"], timely: () => boolean): Promise<Answer | null> {
    const twice = this.#random() < 0.1
    const asked = [this.#askOne(request, timely)]
    if (twice) asked.push(this.#askOne(request, timely))
    if (this.#random() < 0.1) this.#query(request)
    return this.#soon(Promise.race(asked))
  }

  /** The answer, or null where the client loses patience before. */
  #soon(answer: Promise<Answer | null>): Promise<Answer | null> {
    const { deadlineMs } = this.#plan
    const patienceMs = this.#calm ? 2 * deadlineMs : Math.floor(this.#random() * 1.5 * deadlineMs)
    return Promise.race([answer, sleep(this.#shared.clock, patienceMs).then(() => null)])
  }

  async #askOne(request: Attempt["request"], timely: () => boolean): Promise<Answer | null> {
    const { clock } = this.#shared
    await sleep(clock, Math.floor(this.#random() * TRAVEL_MS))
    const api = this.#pick()
    if (api === undefined) return null
    const answer = await api.execute(request, timely)
    if (answer?.kind === "done") this.#note(answer)
    await sleep(clock, Math.floor(this.#random() * TRAVEL_MS))
    return answer
  }

  /** Players hear of offers, and may accept them. */
  #note({ events, replayed }: Extract<Answer, { readonly kind: "done" }>): void {
    for (const { id, event } of events) {
      if (event.type !== "TradeOffered" || replayed) continue
      this.#shared.offers.push({ tradeId: id, from: event.data.player, to: event.data.to })
    }
  }

  #query(request: Attempt["request"]): void {
    const aggregates = this.#workload.aggregatesOf(request)
    this.#pick()?.query(aggregates as Aggregate[])
  }

  #pick(): Api | undefined {
    const apis = this.#apis()
    return apis[Math.floor(this.#random() * apis.length)]
  }
}

function hasKey({ idempotencyKey }: Attempt["request"]): boolean {
  return typeof idempotencyKey === "string"
}

const FINAL = new Set([
  "BAD_USER_INPUT",
  "IDEMPOTENCY_KEY_REUSED",
  "REQUEST_EXPIRED",
  "LOG_TRUNCATED",
  "NEEDS_NEWER_BUILD",
])

function isRetryable(code: string): boolean {
  return !FINAL.has(code)
}
