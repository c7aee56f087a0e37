import { CompressionTypes, type Message, type Producer } from "kafkajs"
import { pause } from "../../lib/sleep.js"
import { assertAppendable } from "../../log/appendable.js"
import { Fault } from "../../ports/faults.js"
import { KafkaClient } from "./client.js"
import { describe, errorCode, isLoginRefused } from "./errors.js"
import type { KafkaLogOptions } from "./options.js"
import { onAbort, within } from "./waiting.js"

/** An append settles within this time, whatever happens. */
const APPEND_WITHIN_MS = 2_500
const ATTEMPTS_MAX = 6
/** Doubled at each attempt: 1.55 s in total, the time of a quick election. */
const RETRY_DELAY_MS = 50
/** How long the broker may wait for its followers. */
const REPLICATION_TIMEOUT_MS = 1_500
const REQUEST_TIMEOUT_MS = 2_000
const METADATA_AGE_MS = 30_000

/** The batch size that a topic must accept, Kafka's own default; and a batch's bytes in addition to its records. */
export const BATCH_BYTES_MAX = 1_048_588
const BATCH_OVERHEAD_BYTES = 61
const RECORD_OVERHEAD_BYTES = 21

/**
 * Refusals from before the record is written. After any other one it may be stored, even NOT_LEADER_FOR_PARTITION: a
 * leader deposed while it waits for its followers answers that too, and its successor may have the record.
 * Source: Kafka 4.1, `ReplicaManager.appendRecordsToLeader` and `DelayedProduce`.
 */
const refusals: ReadonlySet<string> = new Set([
  "MESSAGE_TOO_LARGE",
  "RECORD_LIST_TOO_LARGE",
  "CORRUPT_MESSAGE",
  "INVALID_TOPIC_EXCEPTION",
  "INVALID_TIMESTAMP",
  "INVALID_RECORD",
  "TOPIC_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
])
/** Also refusals from before the record is written, but the next attempt may succeed. */
const passingRefusals: ReadonlySet<string> = new Set(["NOT_ENOUGH_REPLICAS"])

type AttemptResult =
  | { readonly kind: "stored" }
  /** `not stored`: certainly. `refused`: certainly, and the next attempt would be refused too. */
  | { readonly kind: "not stored" | "refused" | "unknown"; readonly error: unknown }

/**
 * Appends by a kafkajs producer that is used until its first error and then replaced. No broker idempotence (R8): that
 * of kafkajs can acknowledge what was never written, and the chain rule makes duplicates void. One append at a time.
 */
export class Appender {
  readonly #options: KafkaLogOptions
  readonly #closed: AbortSignal
  readonly #retryDelayMs: number
  #sender: AppendProducer | null = null

  constructor(options: KafkaLogOptions, closed: AbortSignal, retryDelayMs = RETRY_DELAY_MS) {
    this.#options = options
    this.#closed = closed
    this.#retryDelayMs = retryDelayMs
    onAbort(closed, () => this.#sender?.end())
  }

  /** See `Log.append`. Throws RangeError for an empty record and beyond APPEND_BYTES_MAX. */
  async append(records: readonly Uint8Array[]): Promise<void> {
    assertFits(records)
    if (records.length === 0) return
    const deadline = performance.now() + APPEND_WITHIN_MS
    let maybeStored = false
    let last: unknown = new Error("the log is closed")
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (attempt > 0) await pause(this.#retryDelayMs * 2 ** (attempt - 1), this.#closed)
      const leftMs = deadline - performance.now()
      if (leftMs <= 0 || this.#closed.aborted) break
      const outcome = await this.#attempt(records, leftMs)
      if (outcome.kind === "stored") return
      if (outcome.kind === "unknown") maybeStored = true
      last = outcome.error
      if (outcome.kind === "refused") break
    }
    throw this.#fault(maybeStored, last)
  }

  async #attempt(records: readonly Uint8Array[], limitMs: number): Promise<AttemptResult> {
    this.#sender ??= new AppendProducer(this.#options)
    const sender = this.#sender
    const sentBefore = sender.produceRequests
    try {
      await within(sender.send(records), limitMs, "append")
      return { kind: "stored" }
    } catch (error) {
      sender.end()
      this.#sender = null
      return { kind: howItEnded(error, sender.produceRequests > sentBefore), error }
    }
  }

  #fault(maybeStored: boolean, error: unknown): Fault {
    const { topic, realm } = this.#options
    const code = maybeStored ? "OUTCOME_UNKNOWN" : "LOG_UNAVAILABLE"
    const said = maybeStored ? "some records may be stored" : "nothing was stored"
    return new Fault(code, `kafka ${topic}/${realm} append: ${said}: ${describe(error)}`, { cause: error })
  }
}

function howItEnded(error: unknown, sent: boolean): "not stored" | "refused" | "unknown" {
  if (isLoginRefused(error)) return "refused"
  if (!sent) return "not stored"
  const code = errorCode(error)
  if (refusals.has(code)) return "refused"
  return passingRefusals.has(code) ? "not stored" : "unknown"
}

class AppendProducer {
  readonly #topic: string
  readonly #client: KafkaClient
  readonly #producer: Producer
  #connected: Promise<void> | null = null

  constructor(options: KafkaLogOptions) {
    this.#topic = options.topic
    this.#client = new KafkaClient(options, { requestTimeoutMs: REQUEST_TIMEOUT_MS })
    this.#producer = this.#client.kafka.producer({
      idempotent: false,
      allowAutoTopicCreation: false,
      metadataMaxAge: METADATA_AGE_MS,
      createPartitioner: () => () => options.realm,
      retry: { retries: 0 },
    })
  }

  get produceRequests(): number {
    return this.#client.produceRequests
  }

  async send(records: readonly Uint8Array[]): Promise<void> {
    this.#connected ??= this.#producer.connect()
    await this.#connected
    await this.#producer.send({
      topic: this.#topic,
      acks: -1,
      timeout: REPLICATION_TIMEOUT_MS,
      compression: CompressionTypes.None,
      messages: records.map(toMessage),
    })
  }

  end(): void {
    this.#client.end()
  }
}

function toMessage(bytes: Uint8Array): Message {
  return { value: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) }
}

/** The batch around the records has a limit too. */
function assertFits(records: readonly Uint8Array[]): void {
  assertAppendable(records)
  const bytes = records.reduce((sum, { length }) => sum + length, 0)
  const batchBytes = BATCH_OVERHEAD_BYTES + bytes + records.length * RECORD_OVERHEAD_BYTES
  if (batchBytes > BATCH_BYTES_MAX) {
    throw new RangeError(
      `kafka append: expected a batch of at most ${BATCH_BYTES_MAX} bytes, got ${records.length} records: ${batchBytes}`,
    )
  }
}
