import { randomUUID } from "node:crypto"
import type { Consumer, EachBatchPayload, KafkaMessage } from "kafkajs"
import type { LogRecord } from "../../ports/log.js"
import { KafkaClient, retrying } from "./client.js"
import { onePartition } from "./cluster.js"
import type { FetchHandler, FetchLoop } from "./follow.js"
import { CLIENT_ID, type KafkaLogOptions } from "./options.js"
import { aborted, within } from "./waiting.js"

const SESSION_TIMEOUT_MS = 30_000
const HEARTBEAT_EVERY_MS = 2_000
/** Also the limit for a join: by default a broker delays the first join of a group by 3 s. */
const REBALANCE_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 3_000
const METADATA_AGE_MS = 30_000
/** A fetch returns as soon as there is a byte: about 2 ms from append to read at low load. */
const FETCH_WAIT_MS = 100
const FETCH_BYTES_MAX = 1024 * 1024
/** kafkajs's own retries go to the same broker, even if it hangs: after them the consumer is replaced. */
const RETRIES = 1
/** After a gap this long between two fetches the log may be another one, so the known record is read again. */
const GAP_MS = 1_000
const LEAVE_WITHIN_MS = 1_000

/**
 * Follows the realm's partition as the only member of a consumer group with a random name: kafkajs gives no
 * partition to a consumer without a group. The group is not relied on: no offset is committed, the assigner assigns
 * only our partition, and wherever kafkajs may have lost its place, or the topic may have been replaced (a join, a new
 * connection, a failed fetch, a gap between fetches), the handler says where to resume.
 *
 * The group could be avoided: the cluster that kafkajs passes to a partition assigner (see cluster.ts) finds brokers,
 * and those have `fetch`, in its types too. Measured on one broker: 0.7 ms from append to read instead of 1.0, the
 * first record after 5 ms instead of 15 to 30 (3 s more where `group.initial.rebalance.delay.ms` has its default), a
 * log read from its beginning 1.25 times as fast; no session to lose, and no silent reset. The group is kept because
 * it is the documented way in kafkajs, and what the detour would save is not a bottleneck.
 */
export function soleConsumer(options: KafkaLogOptions): FetchLoop {
  return (handler, signal) => new SoleConsumer(options, handler, signal).run()
}

class SoleConsumer {
  readonly #topic: string
  readonly #partition: number
  readonly #handler: FetchHandler
  readonly #signal: AbortSignal
  readonly #client: KafkaClient
  readonly #consumer: Consumer
  readonly #failed: Promise<never>
  #fail: (error: unknown) => void = () => {}
  #joined = false
  #ended = false
  /** When the last fetch ended; null during a fetch. By broker: kafkajs runs one fetch loop per broker. */
  readonly #fetched = new Map<number, number | null>()

  constructor(options: KafkaLogOptions, handler: FetchHandler, signal: AbortSignal) {
    this.#topic = options.topic
    this.#partition = options.realm
    this.#handler = handler
    this.#signal = signal
    this.#failed = new Promise((_, reject) => {
      this.#fail = reject
    })
    this.#failed.catch(() => {}) // reported by `run`; nobody is left to handle a second failure
    this.#client = new KafkaClient(options, {
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      retries: RETRIES,
      onSocket: () => this.#restart(),
    })
    this.#consumer = this.#client.kafka.consumer({
      groupId: `${CLIENT_ID}-${randomUUID()}`,
      partitionAssigners: [onePartition(options.topic, options.realm)],
      sessionTimeout: options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_EVERY_MS,
      metadataMaxAge: METADATA_AGE_MS,
      minBytes: 1,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: FETCH_BYTES_MAX,
      allowAutoTopicCreation: false,
      // Somebody else's open transaction must not hold back ours.
      readUncommitted: true,
      retry: { ...retrying(RETRIES), restartOnFailure: async () => false },
    })
  }

  async run(): Promise<void> {
    this.#listen()
    try {
      await Promise.race([this.#start(), this.#failed, aborted(this.#signal)])
    } finally {
      this.#ended = true
      await this.#leave()
    }
  }

  #listen(): void {
    const { GROUP_JOIN, CRASH, FETCH_START, FETCH, START_BATCH_PROCESS } = this.#consumer.events
    this.#consumer.on(GROUP_JOIN, () => {
      this.#joined = true
      this.#handler.joined()
      this.#restart()
    })
    this.#consumer.on(CRASH, ({ payload }) => this.#fail(payload.error))
    this.#consumer.on(FETCH_START, ({ payload }) => this.#fetchStarts(payload.nodeId))
    this.#consumer.on(FETCH, ({ payload }) => void this.#fetched.set(payload.nodeId, performance.now()))
    // A fetch of control records only does not reach `eachBatch`.
    this.#consumer.on(START_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0) return
      const end = Number(payload.lastOffset) + 1
      void this.#take([], end, Number(payload.highWatermark), () => this.#ended)
    })
  }

  async #start(): Promise<never> {
    await this.#consumer.connect()
    // From the beginning: when kafkajs resets the offset by itself, the handler notices at once.
    await this.#consumer.subscribe({ topics: [this.#topic], fromBeginning: true })
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: payload => this.#eachBatch(payload),
    })
    return this.#failed
  }

  async #eachBatch({ batch, resolveOffset, heartbeat, isStale }: EachBatchPayload): Promise<void> {
    if (this.#ended || isStale()) return
    const records = batch.messages.map(toRecord)
    const end = Number(batch.lastOffset()) + 1
    const alive = keepAlive(heartbeat)
    const taken = await this.#take(records, end, Number(batch.highWatermark), () => this.#ended || isStale())
    alive.stop()
    if (taken === "on" && !isStale()) resolveOffset(String(end - 1))
    alive.check()
  }

  async #take(records: LogRecord[], end: number, head: number, isStale: () => boolean) {
    try {
      const taken = await this.#handler.take({ records, end, head, isStale })
      if (taken === "again") this.#restart()
      return taken
    } catch (error) {
      this.#fail(error)
      return "again"
    }
  }

  /** A pending seek makes kafkajs drop what it has fetched or is fetching, so nothing comes from the old offset. */
  #restart(): void {
    if (!this.#joined || this.#ended) return
    const offset = String(this.#handler.restart())
    this.#consumer.seek({ topic: this.#topic, partition: this.#partition, offset })
  }

  /** Called before kafkajs chooses the offset of this fetch. */
  #fetchStarts(nodeId: number): void {
    const before = this.#fetched.get(nodeId)
    this.#fetched.set(nodeId, null)
    const failed = before === null
    const late = typeof before === "number" && performance.now() - before > GAP_MS
    if (failed || late) this.#restart()
  }

  async #leave(): Promise<void> {
    try {
      await within(this.#consumer.disconnect(), LEAVE_WITHIN_MS, "leaving the group")
    } catch {
      // The broker forgets the group when its session ends.
    }
    this.#client.end()
  }
}

function toRecord({ offset, timestamp, value }: KafkaMessage): LogRecord {
  return { offset: Number(offset), at: Number(timestamp), bytes: value ?? new Uint8Array(0) }
}

/** Keeps the session while a batch waits for room. */
function keepAlive(heartbeat: () => Promise<void>) {
  let failure: Error | null = null
  const beat = () => {
    heartbeat().catch((error: Error) => {
      failure = error
    })
  }
  const timer = setInterval(beat, HEARTBEAT_EVERY_MS)
  return {
    stop: () => clearInterval(timer),
    /** Throws when the session was lost in the meantime: kafkajs then joins again. */
    check: () => {
      if (failure !== null) throw failure
    },
  }
}
