import type { Cluster } from "kafkajs"
import { Fault } from "../../ports/faults.js"
import { KafkaClient } from "./client.js"
import { clusterOf } from "./cluster.js"
import { describe, isLoginRefused } from "./errors.js"
import type { KafkaLogOptions } from "./options.js"
import { onAbort, pause, within } from "./waiting.js"

/** One question is answered within this time; a caller waits for two at most. */
const BOUNDS_WITHIN_MS = 2_000
const RETRY_DELAY_MS = 50
/** With less time left another attempt would only hide the reason of the last one. */
const ATTEMPT_MS_MIN = 100
const REQUEST_TIMEOUT_MS = 1_500

export interface Bounds {
  /** The first offset kept. */
  readonly start: number
  /** Exclusive. */
  readonly head: number
}

/**
 * Asks for the log's start and head. Callers share a question if it was sent after each of them called: who comes
 * while one is under way waits for the next one (R23: a barrier needs a head asked for after its command came).
 */
export class BoundsReader {
  readonly #options: KafkaLogOptions
  readonly #closed: AbortSignal
  #asker: Asker | null = null
  #underWay: Promise<unknown> = Promise.resolve()
  #next: Promise<Bounds> | null = null

  constructor(options: KafkaLogOptions, closed: AbortSignal) {
    this.#options = options
    this.#closed = closed
    onAbort(closed, () => this.#asker?.end())
  }

  /** As `Log.bounds`. */
  read(): Promise<Bounds> {
    this.#next ??= this.#afterOneUnderWay()
    return this.#next
  }

  async #afterOneUnderWay(): Promise<Bounds> {
    await this.#underWay
    this.#next = null
    const answer = this.#ask()
    this.#underWay = answer.catch(() => {})
    return answer
  }

  async #ask(): Promise<Bounds> {
    const { topic, realm } = this.#options
    const deadline = performance.now() + BOUNDS_WITHIN_MS
    let last: unknown = new Error("the log is closed")
    while (!this.#closed.aborted) {
      const leftMs = deadline - performance.now()
      if (leftMs < ATTEMPT_MS_MIN) break
      this.#asker ??= new Asker(this.#options)
      try {
        return await within(this.#asker.ask(), leftMs, "bounds")
      } catch (error) {
        last = error
        this.#asker.end()
        this.#asker = null
        if (isLoginRefused(error)) break
        await pause(RETRY_DELAY_MS, this.#closed)
      }
    }
    throw new Fault("LOG_UNAVAILABLE", `kafka ${topic}/${realm} bounds: ${describe(last)}`, { cause: last })
  }
}

class Asker {
  readonly #topic: string
  readonly #realm: number
  readonly #client: KafkaClient
  readonly #cluster: Cluster

  constructor(options: KafkaLogOptions) {
    this.#topic = options.topic
    this.#realm = options.realm
    this.#client = new KafkaClient(options, {
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      retries: options.brokers.length - 1,
    })
    this.#cluster = clusterOf(this.#client.kafka)
  }

  async ask(): Promise<Bounds> {
    await this.#cluster.connect()
    await this.#cluster.addTargetTopic(this.#topic)
    await this.#cluster.refreshMetadataIfNecessary()
    const [start, head] = await Promise.all([this.#offset(true), this.#offset(false)])
    return { start, head }
  }

  async #offset(fromBeginning: boolean): Promise<number> {
    const partitions = [{ partition: this.#realm }]
    const answers = await this.#cluster.fetchTopicsOffset([{ topic: this.#topic, partitions, fromBeginning }])
    const offset = answers[0]?.partitions[0]?.offset
    if (offset === undefined) throw new Error(`${this.#topic} has no partition ${this.#realm}`)
    return Number(offset)
  }

  end(): void {
    this.#client.end()
  }
}
