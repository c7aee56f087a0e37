import kafkajs from "kafkajs"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import type { KafkaLogOptions } from "../../src/adapters/kafka/options.js"
import type { Log } from "../../src/ports/log.js"
import { asAdmin, deleteTopic, freshTopic, openTestLog, plainKafka } from "./support/kafka.js"

const expectedSettings = {
  "message.timestamp.type": "LogAppendTime",
  "retention.ms": "-1",
  "retention.bytes": "-1",
  "cleanup.policy": "delete",
  "compression.type": "uncompressed",
  "unclean.leader.election.enable": "false",
  "min.insync.replicas": "1",
  "max.message.bytes": "1048588",
}

let topic: string
let opened: Log[]

beforeEach(() => {
  topic = freshTopic()
  opened = []
})

afterEach(async () => {
  for (const log of opened) await log.close()
  if (await exists()) await deleteTopic(topic)
})

async function open(changes: Partial<KafkaLogOptions> = {}): Promise<Log> {
  const log = await openTestLog({ topic, ...changes })
  opened.push(log)
  return log
}

const exists = () => asAdmin(async admin => (await admin.listTopics()).includes(topic))

const partitions = () =>
  asAdmin(async admin => (await admin.fetchTopicOffsets(topic)).map(({ partition }) => partition).sort())

/** What the log stands on, but for one. Kafka sets back what is not named here. */
const alter = (name: string, value: string) =>
  asAdmin(admin => {
    const settings = Object.entries({ ...expectedSettings, [name]: value })
    const configEntries = settings.map(([key, text]) => ({ name: key, value: text }))
    return admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries }],
    })
  })

describe("a topic that is missing", () => {
  test("is created with the settings that the log stands on", async () => {
    await open()

    const settings = await asAdmin(admin =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
      }),
    )
    const entries = settings.resources[0]?.configEntries ?? []
    const values = Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]))
    expect(values).toMatchObject(expectedSettings)
  })

  test("is created by several processes at once, and is one log", async () => {
    const logs = await Promise.all([open(), open(), open(), open()])

    await Promise.all(logs.map((log, at) => log.append([Buffer.from(`from ${at}`)])))

    expect((await open().then(log => log.bounds())).head).toBe(4)
  })

  test("gets the partitions up to the realm", async () => {
    await open({ realm: 2 })

    expect(await partitions()).toEqual([0, 1, 2])
  })

  test("with more copies than brokers is a clear error", async () => {
    const error = await open({ replicationFactor: 3 }).catch((refused: unknown) => refused)

    expect(error).toMatchObject({ code: "KAFKA_SETTINGS", setting: "KAFKA_REPLICATION_FACTOR" })
  })
})

// Shows R15.
describe("a topic that is there", () => {
  test("gets more partitions for a realm beyond them, also from several processes at once", async () => {
    await open()

    const logs = await Promise.all([open({ realm: 1 }), open({ realm: 3 }), open({ realm: 3 })])

    expect(await partitions()).toEqual([0, 1, 2, 3])
    for (const log of logs) expect(await log.bounds()).toEqual({ start: 0, head: 0 })
  })

  test("keeps realms apart", async () => {
    const [one, two] = [await open({ realm: 0 }), await open({ realm: 1 })]

    await one.append([Buffer.from("one"), Buffer.from("and another")])
    await two.append([Buffer.from("two")])

    expect([(await one.bounds()).head, (await two.bounds()).head]).toEqual([2, 1])
    for await (const { records } of two.read(0, AbortSignal.timeout(10_000))) {
      expect(records.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(["two"])
      break
    }
  })

  test.each([
    ["message.timestamp.type", "CreateTime"],
    ["retention.ms", "604800000"],
    ["retention.bytes", "1000000"],
    ["cleanup.policy", "compact"],
    ["compression.type", "producer"],
    ["unclean.leader.election.enable", "true"],
    ["max.message.bytes", "1000"],
  ])("with %s=%s is refused: topic, setting, expected, found and how to mend it", async (name, value) => {
    await open()
    await alter(name, value)

    const error = await open().catch((refused: unknown) => refused)

    expect(error).toMatchObject({ code: "KAFKA_SETTINGS", setting: name })
    expect(error).toMatchObject({
      message: expect.stringMatching(
        new RegExp(`^kafka ${topic}: ${name}: expected \\S+, found ${value}; fix it with: kafka-configs.sh`),
      ),
    })
  })

  test("with another min.insync.replicas than configured is refused", async () => {
    await open()

    await expect(open({ minInsyncReplicas: 2 })).rejects.toMatchObject({
      setting: "min.insync.replicas",
      message: expect.stringMatching(/expected 2, found 1; .* or set KAFKA_MIN_INSYNC_REPLICAS=1$/),
    })
  })
})

describe("a log that is opened read-only", () => {
  test.each([0, 2])("is not made: neither the topic nor partition %i", async realm => {
    if (realm > 0) await open()

    const error = await open({ realm, readOnly: true }).catch((refused: unknown) => refused)

    expect(error).toMatchObject({
      code: "LOG_UNAVAILABLE",
      message: expect.stringMatching(new RegExp(`^kafka ${topic}: .* yet: start the server once$`)),
    })
    expect(await exists()).toBe(realm > 0)
    if (realm > 0) expect(await partitions()).toEqual([0])
  })

  test("can be read, and not written", async () => {
    await (await open()).append([Buffer.from("one")])

    const log = await open({ readOnly: true })

    expect(await log.bounds()).toEqual({ start: 0, head: 1 })
    await expect(log.append([Buffer.from("two")])).rejects.toMatchObject({ code: "LOG_UNAVAILABLE" })
    expect(await log.bounds()).toEqual({ start: 0, head: 1 })
  })
})

test("what somebody else sends compressed, in a way that we cannot read, stops nobody", async () => {
  const log = await open()
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.Snappy] = () => ({
    compress: asSnappy,
    decompress: unreadable,
  })
  const foreign = plainKafka().producer()
  await foreign.connect()

  await foreign.send({
    topic,
    compression: kafkajs.CompressionTypes.Snappy,
    messages: [{ value: "not ours", partition: 0 }],
  })
  await foreign.disconnect()
  await log.append([Buffer.from("ours")])

  const read: string[] = []
  for await (const { records } of log.read(0, AbortSignal.timeout(10_000))) {
    read.push(...records.map(({ bytes }) => Buffer.from(bytes).toString()))
    if (read.length === 2) break
  }
  expect(read).toEqual(["not ours", "ours"])
})

/** Snappy's format of one block, all of it literal: https://github.com/google/snappy/blob/main/format_description.txt */
async function asSnappy({ buffer }: { readonly buffer: Buffer }): Promise<Buffer> {
  const length: number[] = []
  for (let rest = buffer.length; ; rest >>= 7) {
    length.push(rest < 128 ? rest : (rest & 127) | 128)
    if (rest < 128) break
  }
  const literal = Buffer.alloc(4)
  literal.writeUInt32LE(buffer.length - 1)
  // 62: the length of the literal follows in 3 bytes.
  return Buffer.concat([Buffer.from([...length, 62 << 2]), literal.subarray(0, 3), buffer])
}

async function unreadable(): Promise<Buffer> {
  throw new Error("not implemented, as in kafkajs")
}
