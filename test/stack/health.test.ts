import { execFile } from "node:child_process"
import { randomBytes } from "node:crypto"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { ask, freePort, Guildhall } from "../support/guildhall.js"
import { badChecks, enginesUp, readyz, statusOf } from "../support/health.js"
import { kafkaBrokers } from "./support/kafka.js"
import { OwnLake } from "./support/ownLake.js"
import { emptyRedis } from "./support/redis.js"

const STACK = fileURLToPath(new URL("../../scripts/stack", import.meta.url))

/** A service's start, or its end. */
const STACK_WITHIN_MS = 180_000

/** A look each 10 s, which has 20 s. */
const SEEN = { timeout: 90_000, interval: 500 }

const TEST_MS = 600_000

const ALL = ["log", "views", "lake", "history"]

const WELL = { status: 200, reasons: [], degraded: [] }

async function stack(verb: "up" | "down", service: string): Promise<void> {
  await promisify(execFile)(STACK, [verb, service], { timeout: STACK_WITHIN_MS })
}

/** What each service is the end of, and what is said while it is away. */
const OUTAGES = [
  { service: "presto", engine: "history", says: /^history: presto at .*PRESTO_URL/, status: 200 },
  { service: "metastore", engine: "history", says: /^history: presto at /, status: 200 },
  { service: "namenode", engine: "lake", says: /^lake: HDFS at .*WEBHDFS_URL/, status: 200 },
  { service: "redis", engine: "views", says: /^views: Redis at .*REDIS_URL/, status: 503 },
  { service: "kafka", engine: "log", says: /^log: kafka /, status: 503 },
]

describe("an API process on services that go away", () => {
  const lake = new OwnLake()
  let settings: Readonly<Record<string, string>>
  let api: Guildhall
  let lander: Guildhall

  beforeAll(async () => {
    const redis = await emptyRedis()
    redis.client.disconnect()
    settings = {
      ...lake.settings,
      KAFKA_BROKERS: kafkaBrokers().join(","),
      KAFKA_TOPIC: `health-${randomBytes(4).toString("hex")}`,
      REDIS_URL: redis.url,
      LOG_LEVEL: "warn",
      LAND_WITHIN: "2s",
      PORT: await freePort(),
    }
    lander = Guildhall.start(["serve"], { ...settings, ROLES: "lander" })
    api = await Guildhall.serve({ ...settings, ROLES: "api,projector" })
    await register("alice")
  }, TEST_MS)

  afterAll(async () => {
    await Promise.all([api?.kill9(), lander?.kill9()])
    await lake.remove()
  }, TEST_MS)

  async function register(id: string): Promise<void> {
    const mutation = `mutation ($id: ID!) {
      registerPlayer(input: { playerId: $id, name: "A", region: "eu" }) { player { id } }
    }`
    expect((await ask(api.url, mutation, { id })).errors).toBeUndefined()
  }

  async function offsets(): Promise<{ readonly head: number; readonly landed: number | null }> {
    const { output } = await Guildhall.run(["status", "--url", api.url, "--json"])
    return JSON.parse(output) as { head: number; landed: number | null }
  }

  test(
    "status says how far the log has landed, where another process lands it",
    async () => {
      await expect.poll(() => readyz(api), SEEN).toEqual(WELL)
      await expect
        .poll(async () => {
          const { head, landed } = await offsets()
          return landed === head && head > 1
        }, SEEN)
        .toBe(true)
      expect(await enginesUp(api)).toEqual(ALL)
      expect(await badChecks(settings)).toEqual([])
    },
    TEST_MS,
  )

  test(
    "doctor finds that Presto does not reach the lake by a wrong HDFS_URL",
    async () => {
      expect(await badChecks({ ...settings, HDFS_URL: "hdfs://127.0.0.1:1" })).toEqual(["history"])
    },
    TEST_MS,
  )

  test(
    "landing that is late is named where no lander runs any more, and is well once one does",
    async () => {
      await lander.kill9()
      await register("bob")
      const late = /^landing: the oldest record that is not in the lake is \d+ s old, expected at most 14 s/
      const degraded = async () => (await readyz(api)).degraded
      await expect.poll(degraded, SEEN).toEqual([expect.stringMatching(late)])
      expect(await statusOf(api)).toContain("degraded  landing: ")

      lander = Guildhall.start(["serve"], { ...settings, ROLES: "lander" })

      await expect.poll(degraded, SEEN).toEqual([])
    },
    TEST_MS,
  )

  test.each(OUTAGES)(
    "$service away: /readyz, status, doctor and the metrics name $engine, and it recovers by itself",
    async ({ service, engine, says, status }) => {
      await stack("down", service)
      try {
        const lines = async () => {
          const { reasons, degraded } = await readyz(api)
          return status === 503 ? reasons : degraded
        }
        await expect.poll(lines, SEEN).toContainEqual(expect.stringMatching(says))
        expect((await readyz(api)).status).toBe(status)
        expect(await enginesUp(api)).not.toContain(engine)
        expect(await statusOf(api)).toMatch(new RegExp(says.source.slice(1)))
        expect(await badChecks(settings)).toContain(engine)
      } finally {
        await stack("up", service)
      }
      await expect.poll(() => readyz(api), SEEN).toEqual(WELL)
      expect(await enginesUp(api)).toEqual(ALL)
    },
    TEST_MS,
  )
})
