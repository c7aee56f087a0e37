import type { Cluster } from "kafkajs"
import { pause } from "../../lib/sleep.js"
import { Fault, isFault } from "../../ports/faults.js"
import { KafkaClient } from "./client.js"
import { clusterOf } from "./cluster.js"
import { describe, isLoginRefused } from "./errors.js"
import type { KafkaLogOptions } from "./options.js"
import { onAbort, within } from "./waiting.js"

/** The time limit of one query; a caller waits for at most two. */
const BOUNDS_WITHIN_MS = 2_000
const RETRY_DELAY_MS = 50
/** With less time left another attempt would only hide why the last one failed. */
const ATTEMPT_MS_MIN = 100
const REQUEST_TIMEOUT_MS = 1_500

export interface Bounds {
  /** The first offset kept. */
  readonly start: number
  /** Exclusive. */
  readonly head: number
}

/**
 * Asks for the log's start and head. Callers share a query only if it is sent after each of them has called: a caller
 * that comes during a query waits for the next one (R23: a barrier needs a head asked for after its command came).
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

  /** See `Log.probe`: checks that the partition has a leader, and as many replicas in sync as an append needs. */
  probe(): Promise<void> {
    return this.#ask("probe", asker => asker.assertWritable())
  }

  /** See `Log.bounds`. */
  read(): Promise<Bounds> {
    this.#next ??= this.#afterOneUnderWay()
    return this.#next
  }

  async #afterOneUnderWay(): Promise<Bounds> {
    await this.#underWay
    this.#next = null
    const answer = this.#ask("bounds", asker => asker.bounds())
    this.#underWay = answer.catch(() => {})
    return answer
  }

  async #ask<T>(what: string, question: (asker: Asker) => Promise<T>): Promise<T> {
    const { topic, realm } = this.#options
    const deadline = performance.now() + BOUNDS_WITHIN_MS
    let last: unknown = new Error("the log is closed")
    while (!this.#closed.aborted) {
      const leftMs = deadline - performance.now()
      if (leftMs < ATTEMPT_MS_MIN) break
      const asker = this.#asker ?? new Asker(this.#options)
      this.#asker = asker
      try {
        return await within(question(asker), leftMs, what)
      } catch (error) {
        if (isFault(error)) throw error
        last = error
        asker.end()
        if (this.#asker === asker) this.#asker = null
        if (isLoginRefused(error)) break
        await pause(RETRY_DELAY_MS, this.#closed)
      }
    }
    throw new Fault("LOG_UNAVAILABLE", `kafka ${topic}/${realm} ${what}: ${describe(last)}`, { cause: last })
  }
}

class Asker {
  readonly #options: KafkaLogOptions
  readonly #client: KafkaClient
  readonly #cluster: Cluster

  constructor(options: KafkaLogOptions) {
    this.#options = options
    this.#client = new KafkaClient(options, { requestTimeoutMs: REQUEST_TIMEOUT_MS })
    this.#cluster = clusterOf(this.#client.kafka)
  }

  async bounds(): Promise<Bounds> {
    await this.#connect()
    await this.#cluster.refreshMetadataIfNecessary()
    const [start, head] = await Promise.all([this.#offset(true), this.#offset(false)])
    return { start, head }
  }

  async assertWritable(): Promise<void> {
    await this.#connect()
    await this.#cluster.refreshMetadata()
    const { topic, realm, minInsyncReplicas } = this.#options
    const partitions = this.#cluster.findTopicPartitionMetadata(topic)
    const found = partitions.find(({ partitionId }) => partitionId === realm)
    const place = `kafka ${topic}/${realm}`
    if (found === undefined) throw new Fault("LOG_UNAVAILABLE", `${place}: the topic has no such partition`)
    const { length } = found.isr
    if (length >= minInsyncReplicas) return
    const needed = `an append needs ${minInsyncReplicas} (min.insync.replicas)`
    throw new Fault("LOG_UNAVAILABLE", `${place}: ${length} replicas are in sync, ${needed}`)
  }

  async #connect(): Promise<void> {
    await this.#cluster.connect()
    await this.#cluster.addTargetTopic(this.#options.topic)
  }

  async #offset(fromBeginning: boolean): Promise<number> {
    const { topic, realm } = this.#options
    const partitions = [{ partition: realm }]
    const answers = await this.#cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning }])
    const offset = answers[0]?.partitions[0]?.offset
    if (offset === undefined) throw new Error(`${topic} has no partition ${realm}`)
    return Number(offset)
  }

  end(): void {
    this.#client.end()
  }
}
