import { randomBytes } from "node:crypto"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { kafkaBrokers } from "../../test/stack/support/kafka.js"
import { OwnLake } from "../../test/stack/support/ownLake.js"
import { emptyRedis } from "../../test/stack/support/redis.js"
import type { Closers } from "./closers.js"

export type StackService = "kafka" | "redis" | "namenode" | "datanode" | "metastore" | "presto"

/**
 * Settings of a new world on the services that benchmarks/compare has started: a topic of its own, an emptied
 * Redis database, a lake and a schema in Presto.
 */
export async function newStackWorld(closers: Closers): Promise<Readonly<Record<string, string>>> {
  const { url, client } = await emptyRedis()
  client.disconnect()
  const lake = new OwnLake()
  closers.add(() => lake.remove())
  const topic = `bench-${randomBytes(4).toString("hex")}`
  return { ...lake.settings, KAFKA_BROKERS: kafkaBrokers().join(","), KAFKA_TOPIC: topic, REDIS_URL: url }
}

/** The processes of these services, as scripts/stack records them. */
export async function stackPids(services: readonly StackService[]): Promise<number[]> {
  const folder = process.env.STACK_DIR ?? ""
  return Promise.all(
    services.map(async service => {
      const file = join(folder, service, "pid")
      const [pid = ""] = (await readFile(file, "utf8")).split(" ")
      return Number(pid)
    }),
  )
}
