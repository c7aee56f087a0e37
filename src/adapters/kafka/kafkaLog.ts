import { linkedAbort } from "../../lib/linkedAbort.js"
import { Fault } from "../../ports/faults.js"
import type { Log, LogBatch } from "../../ports/log.js"
import { Appender } from "./appender.js"
import { BatchQueue } from "./batchQueue.js"
import { type Bounds, BoundsReader } from "./bounds.js"
import { Cursor } from "./cursor.js"
import type { KafkaLogOptions } from "./options.js"
import { PartitionReader } from "./reader.js"
import { soleConsumer } from "./soleConsumer.js"
import { prepareTopic } from "./topic.js"

/**
 * A realm's log as one partition of a Kafka topic; the partition's number is the realm. Creates the topic and the
 * partition when they are missing and verifies the settings of R15. Durable means: acknowledged by min.insync.replicas
 * brokers, without fsync. Nobody else may write transactions or delete records there.
 *
 * Throws KafkaSettingsError for what an operator has to fix (topic settings, login), LOG_UNAVAILABLE when no broker
 * answers within 10 s, or when the topic is missing and must not be created.
 */
export async function openKafkaLog(options: KafkaLogOptions): Promise<Log> {
  await prepareTopic(options)
  return new KafkaLog(options)
}

class KafkaLog implements Log {
  readonly #options: KafkaLogOptions
  readonly #closing = new AbortController()
  readonly #appender: Appender
  readonly #bounds: BoundsReader
  readonly #readers = new Set<Promise<void>>()

  constructor(options: KafkaLogOptions) {
    this.#options = options
    this.#appender = new Appender(options, this.#closing.signal)
    this.#bounds = new BoundsReader(options, this.#closing.signal)
  }

  async append(records: readonly Uint8Array[]): Promise<void> {
    const { topic, realm, readOnly } = this.#options
    if (readOnly === true) {
      throw new Fault("LOG_UNAVAILABLE", `kafka ${topic}/${realm} append: it was opened read-only`)
    }
    await this.#appender.append(records)
  }

  bounds(): Promise<Bounds> {
    return this.#bounds.read()
  }

  probe(): Promise<void> {
    return this.#bounds.probe()
  }

  async *read(from: number, signal: AbortSignal): AsyncGenerator<LogBatch, void> {
    const queue = new BatchQueue()
    const reading = linkedAbort(signal, this.#closing.signal)
    const running = this.#reader(from, queue).run(reading.signal)
    this.#readers.add(running)
    void running.finally(() => this.#readers.delete(running))
    try {
      for (;;) {
        const batch = await queue.take()
        if (batch === null) return
        yield batch
      }
    } finally {
      reading.end()
    }
  }

  #reader(from: number, queue: BatchQueue): PartitionReader {
    const { topic, realm, logger } = this.#options
    return new PartitionReader({
      name: `${topic}/${realm}`,
      cursor: new Cursor(from),
      queue,
      follow: soleConsumer(this.#options),
      bounds: () => this.#bounds.read(),
      logger,
    })
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all(this.#readers)
  }
}
