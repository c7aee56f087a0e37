import kafkajs, { type Admin, type Cluster } from "kafkajs"
import { pause } from "../../lib/sleep.js"
import { Fault } from "../../ports/faults.js"
import { BATCH_BYTES_MAX } from "./appender.js"
import { KafkaClient } from "./client.js"
import { clusterOf } from "./cluster.js"
import { describe, errorCode, isLoginRefused, KafkaSettingsError } from "./errors.js"
import type { KafkaLogOptions } from "./options.js"
import { within } from "./waiting.js"

/** How long to wait at start for a cluster that does not answer. */
const PREPARE_WITHIN_MS = 10_000
const RETRY_DELAY_MS = 250
/** With less time left another attempt would only hide why the last one failed. */
const ATTEMPT_MS_MIN = 500
const REQUEST_TIMEOUT_MS = 5_000

interface TopicSetting {
  readonly name: string
  readonly expected: string
  readonly holds: (found: string) => boolean
}

/** The settings of R15, and what reading the log needs: the log's guarantees rest on them. */
function topicSettings(options: KafkaLogOptions): readonly TopicSetting[] {
  return [
    exactly("message.timestamp.type", "LogAppendTime"),
    exactly("retention.ms", "-1"),
    exactly("retention.bytes", "-1"),
    exactly("cleanup.policy", "delete"),
    // So that the broker decompresses whatever is sent: kafkajs cannot read snappy, lz4 or zstd, and one such batch, even
    // from a stranger, would stop every reader for good.
    exactly("compression.type", "uncompressed"),
    exactly("unclean.leader.election.enable", "false"),
    exactly("min.insync.replicas", String(options.minInsyncReplicas)),
    {
      name: "max.message.bytes",
      expected: String(BATCH_BYTES_MAX),
      holds: found => Number(found) >= BATCH_BYTES_MAX,
    },
  ]
}

function exactly(name: string, expected: string): TopicSetting {
  return { name, expected, holds: found => found === expected }
}

/**
 * Makes sure that the topic exists with a partition for the realm, and that its settings are those of R15; several
 * processes may do it at once. Changes nothing when read-only. Throws KafkaSettingsError for what an operator has to
 * fix, LOG_UNAVAILABLE when the cluster does not answer within 10 s or, when read-only, if the log does not exist yet.
 */
export async function prepareTopic(options: KafkaLogOptions): Promise<void> {
  const deadline = performance.now() + PREPARE_WITHIN_MS
  for (;;) {
    try {
      return await prepareOnce(options, deadline - performance.now())
    } catch (error) {
      if (error instanceof KafkaSettingsError || error instanceof Fault) throw error
      if (isLoginRefused(error)) throw loginRefused(options, error)
      if (permissionRefusals.has(errorCode(error))) throw notPermitted(options, error)
      const leftMs = deadline - performance.now()
      if (leftMs < RETRY_DELAY_MS + ATTEMPT_MS_MIN || options.signal?.aborted === true)
        throw unavailable(options, error)
      await pause(RETRY_DELAY_MS)
    }
  }
}

async function prepareOnce(options: KafkaLogOptions, limitMs: number): Promise<void> {
  const client = new KafkaClient(options, { requestTimeoutMs: REQUEST_TIMEOUT_MS })
  const end = () => client.end()
  options.signal?.addEventListener("abort", end)
  try {
    await within(new TopicPreparation(options, client).run(), limitMs, "the topic's settings")
  } catch (error) {
    const [address] = client.unreachable
    if (address === undefined || error instanceof KafkaSettingsError || error instanceof Fault) throw error
    throw new UnreachableBrokerError(address, error)
  } finally {
    options.signal?.removeEventListener("abort", end)
    end()
  }
}

/** The cluster answers, but gives an address for a broker that cannot be reached from here. */
class UnreachableBrokerError extends Error {
  override readonly name = "UnreachableBrokerError"
  readonly address: string

  constructor(address: string, cause: unknown) {
    super(`no connection to ${address}`, { cause })
    this.address = address
  }
}

class TopicPreparation {
  readonly #options: KafkaLogOptions
  readonly #cluster: Cluster
  readonly #admin: Admin

  constructor(options: KafkaLogOptions, client: KafkaClient) {
    this.#options = options
    this.#cluster = clusterOf(client.kafka)
    this.#admin = client.kafka.admin({ retry: { retries: 0 } })
  }

  async run(): Promise<void> {
    await this.#cluster.connect()
    await this.#admin.connect()
    if (this.#options.readOnly === true) await this.#find()
    else await this.#make()
    await this.#verify()
  }

  async #make(): Promise<void> {
    if ((await this.#partitions()) === 0) await this.#createTopic()
    if ((await this.#partitions()) <= this.#options.realm) await this.#createPartitions()
  }

  async #find(): Promise<void> {
    const { topic, realm } = this.#options
    const found = await this.#partitions()
    if (found > realm) return
    const missing =
      found === 0
        ? "there is no such topic (setting KAFKA_TOPIC)"
        : `it has no partition ${realm} (setting REALM)`
    throw new Fault("LOG_UNAVAILABLE", `kafka ${topic}: ${missing} yet: start the server once`)
  }

  /** The number of partitions; 0 when there is no such topic. */
  async #partitions(): Promise<number> {
    const { topic } = this.#options
    try {
      await this.#cluster.addTargetTopic(topic)
      await this.#cluster.refreshMetadata()
      return this.#cluster.findTopicPartitionMetadata(topic).length
    } catch (error) {
      if (errorCode(error) === "UNKNOWN_TOPIC_OR_PARTITION") return 0
      throw error
    }
  }

  async #createTopic(): Promise<void> {
    const { topic, realm, replicationFactor } = this.#options
    const configEntries = topicSettings(this.#options).map(({ name, expected }) => ({
      name,
      value: expected,
    }))
    try {
      // False when another process was first, which is just as good.
      await this.#admin.createTopics({
        topics: [{ topic, numPartitions: realm + 1, replicationFactor, configEntries }],
      })
    } catch (error) {
      throw this.#refused("create the topic", error)
    }
  }

  async #createPartitions(): Promise<void> {
    const { topic, realm } = this.#options
    try {
      await this.#admin.createPartitions({ topicPartitions: [{ topic, count: realm + 1 }] })
    } catch (error) {
      // When another process was first, the next attempt sees it.
      throw this.#refused(`create partition ${realm}`, error)
    }
  }

  #refused(what: string, error: unknown): unknown {
    const { topic, replicationFactor } = this.#options
    const code = errorCode(error)
    const said = `kafka ${topic}: cannot ${what}: ${describe(error)}`
    if (code === "INVALID_REPLICATION_FACTOR") {
      const help = `expected ${replicationFactor} brokers or more; KAFKA_REPLICATION_FACTOR sets the number of copies`
      return new KafkaSettingsError("KAFKA_REPLICATION_FACTOR", `${said}; ${help}`, { cause: error })
    }
    if (finalRefusals.has(code)) return new KafkaSettingsError("KAFKA_TOPIC", said, { cause: error })
    return error
  }

  async #verify(): Promise<void> {
    const { topic } = this.#options
    const settings = topicSettings(this.#options)
    const type = kafkajs.ConfigResourceTypes.TOPIC
    const configNames = settings.map(({ name }) => name)
    const { resources } = await this.#admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type, name: topic, configNames }],
    })
    const entries = resources[0]?.configEntries ?? []
    const found = new Map(entries.map(({ configName, configValue }) => [configName, configValue]))
    for (const setting of settings) this.#verifyOne(setting, found.get(setting.name) ?? "nothing")
  }

  #verifyOne({ name, expected, holds }: TopicSetting, found: string): void {
    if (holds(found)) return
    const { topic, brokers } = this.#options
    const command =
      `kafka-configs.sh --bootstrap-server ${brokers.join(",")} --alter --entity-type topics ` +
      `--entity-name ${topic} --add-config ${name}=${expected}`
    const or = name === "min.insync.replicas" ? `, or set KAFKA_MIN_INSYNC_REPLICAS=${found}` : ""
    throw new KafkaSettingsError(
      name,
      `kafka ${topic}: ${name}: expected ${expected}, found ${found}; fix it with: ${command}${or}`,
    )
  }
}

const finalRefusals: ReadonlySet<string> = new Set([
  "INVALID_TOPIC_EXCEPTION",
  "POLICY_VIOLATION",
  "INVALID_CONFIG",
])

const permissionRefusals: ReadonlySet<string> = new Set([
  "TOPIC_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
])

function loginRefused({ brokers }: KafkaLogOptions, error: unknown): KafkaSettingsError {
  const message = `kafka ${brokers.join(",")}: ${describe(error)}`
  return new KafkaSettingsError("KAFKA_USERNAME", message, { cause: error })
}

/** Kafka also answers this for a missing topic, to a user who may not describe it. */
function notPermitted({ topic }: KafkaLogOptions, error: unknown): KafkaSettingsError {
  const message = `kafka ${topic}: the user of KAFKA_USERNAME may not do what the log needs: ${describe(error)}`
  return new KafkaSettingsError("KAFKA_USERNAME", `${message}; docs/kafka.md has the list`, { cause: error })
}

function unavailable({ brokers, topic, sasl }: KafkaLogOptions, error: unknown): Fault {
  if (error instanceof UnreachableBrokerError) {
    const { address } = error
    const said = `kafka ${topic}: ${brokers.join(",")} answers, but names a broker at ${address}`
    const help =
      "is it running? If so, its advertised.listeners must name an address that this machine can reach"
    const message = `${said}, which cannot be reached from here: ${describe(error)}; ${help}`
    return new Fault("LOG_UNAVAILABLE", message, { cause: error })
  }
  const said = `kafka ${topic}: no answer from ${brokers.join(",")} within ${PREPARE_WITHIN_MS / 1_000} s`
  // A listener with SASL closes the connection of a client without a login.
  const hangsUp = !sasl && errorCode(error) === "KafkaJSConnectionClosedError"
  const help = hangsUp
    ? "if it asks for a login, set KAFKA_USERNAME and KAFKA_PASSWORD"
    : "check KAFKA_BROKERS and KAFKA_TLS, and that they run"
  return new Fault("LOG_UNAVAILABLE", `${said}: ${describe(error)}; ${help}`, { cause: error })
}
