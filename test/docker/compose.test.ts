import { execFile } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { Ajv } from "ajv"
import { describe, expect, it } from "vitest"
import { temporaryFolder } from "../support/folder.js"
import { composeFile, envFile, type Service } from "./support/compose.js"

const run = promisify(execFile)

/** The Compose specification's JSON schema, as the linter dclint brings it. */
const SCHEMA = "node_modules/dclint/schemas/compose.schema.json"

// Ajv knows its dialect, draft 7, by another spelling of the name.
const { $schema: _, ...schema } = JSON.parse(readFileSync(SCHEMA, "utf8")) as Readonly<
  Record<string, unknown>
>
const isCompose = new Ajv({ strict: false, validateFormats: false }).compile(schema)

const compose = composeFile()
const services = Object.entries(compose.services)
const cluster = envFile("docker/cluster.env")

describe("docker/compose.yaml", () => {
  it.each([
    ["alone", composeFile()],
    ["as a cluster", composeFile(cluster)],
  ])("is what the Compose specification allows, %s", (_, file) => {
    isCompose(file)
    expect(isCompose.errors).toBeNull()
  })

  it("would not pass with a mistyped key", () => {
    const { redis, ...others } = compose.services
    expect(isCompose({ ...compose, services: { ...others, redis: { ...redis, volume: [] } } })).toBe(false)
  })

  it("pins every image that it does not build, and is built from files that exist", () => {
    const floating = services.filter(([, { build, image }]) => build === undefined && !/:\d+\.\d/.test(image))
    expect(floating).toEqual([])
    const built = services.flatMap(([, { build }]) => (build === undefined ? [] : [build]))
    expect(built.map(({ context, dockerfile }) => join("docker", context, dockerfile))).toEqual(
      expect.arrayContaining(["docker/Dockerfile", "docker/metastore.Dockerfile"]),
    )
    expect(
      built.filter(({ context, dockerfile }) => !existsSync(join("docker", context, dockerfile))),
    ).toEqual([])
  })

  it("limits the memory of each service, and asks each that has a port whether it answers", () => {
    expect(services.filter(([, { mem_limit }]) => mem_limit === undefined)).toEqual([])
    const silent = services.filter(([, { healthcheck }]) => healthcheck?.test === undefined)
    expect(silent.map(([name]) => name)).toEqual(["settings", "projector", "lander"])
  })

  it("publishes on the host's loopback address alone", () => {
    const ports = services.flatMap(([, { ports = [] }]) => ports)
    expect(ports).toEqual(["127.0.0.1:9870:9870", "127.0.0.1:8080:8080", "127.0.0.1:4000:4001"])
  })

  it("mounts files that exist, and volumes that it declares", () => {
    const sources = services.flatMap(([, { volumes = [] }]) =>
      volumes.map(mount => mount.split(":")[0] ?? ""),
    )
    const files = sources.filter(source => source.startsWith("."))
    expect(files.length).toBeGreaterThan(5)
    expect(files.filter(file => !existsSync(join("docker", file)))).toEqual([])
    const volumes = new Set(sources.filter(source => !source.startsWith(".")))
    expect([...volumes].sort()).toEqual(Object.keys(compose.volumes).sort())
  })

  it("runs each role once, and the api behind the gate", () => {
    const roles = services.flatMap(([name, { environment }]) =>
      environment?.ROLES === undefined ? [] : [[name, environment.ROLES]],
    )
    expect(roles).toEqual([
      ["api", "api"],
      ["projector", "projector"],
      ["lander", "lander"],
    ])
    expect(compose.services.api?.network_mode).toBe("service:gate")
  })
})

describe("the configuration in the containers", () => {
  it("is that of stack/, filled in but for the hosts and folders", async () => {
    const folder = await rendered()
    const files = (await readdir(folder, { recursive: true })).filter(name => /\.\w+$/.test(name))
    expect(files.sort()).toMatchInlineSnapshot(`
      [
        "datanode/conf/core-site.xml",
        "datanode/conf/hdfs-site.xml",
        "kafka/conf/server.properties",
        "metastore/conf/core-site.xml",
        "metastore/conf/hdfs-site.xml",
        "metastore/conf/metastore-site.xml",
        "namenode/conf/core-site.xml",
        "namenode/conf/hdfs-site.xml",
        "presto/conf/catalog/delta.properties",
        "presto/conf/catalog/hive.properties",
        "presto/conf/config.properties",
        "presto/conf/core-site.xml",
        "presto/conf/hdfs-site.xml",
        "redis/conf/redis.conf",
      ]
    `)
    for (const file of files) {
      const template = templateOf(file)
      const text = await readFile(join(folder, file), "utf8")
      expect(text, file).not.toMatch(/@[A-Z_]+@/)
      expect(text, file).toMatch(patternOf(readFileSync(template, "utf8")))
    }
  })

  it("of one broker is the stack's but for its addresses", async () => {
    const file = properties(await readFile(join(await rendered(), "kafka/conf/server.properties"), "utf8"))
    const broker = { ...file, ...ofKafka(compose.services.kafka) }
    expect(changes(file, broker)).toEqual({
      listeners: "PLAINTEXT://:9092,CONTROLLER://:9093",
      "advertised.listeners": "PLAINTEXT://kafka:9092",
      "controller.quorum.voters": "1@kafka:9093",
    })
  })

  it("of three brokers keeps each record of Kafka's and the game's on two at least", async () => {
    const inCluster = composeFile(cluster).services
    const brokers = ["kafka", "kafka-2", "kafka-3"].map(name => ofKafka(inCluster[name]))
    const ids = brokers.map(broker => broker["node.id"] ?? "1")
    expect(ids).toEqual(["1", "2", "3"])
    const voters = brokers[0]?.["controller.quorum.voters"]
    expect(voters).toBe("1@kafka:9093,2@kafka-2:9093,3@kafka-3:9093")
    for (const broker of brokers) {
      const copies = Object.entries(broker).filter(([name]) => /replication\.factor$/.test(name))
      expect(copies.map(([, count]) => count)).toEqual(["3", "3", "3"])
      const insync = Object.entries(broker).filter(([name]) => /min\.isr$/.test(name))
      expect(insync.map(([, count]) => count)).toEqual(["2", "2"])
      expect(broker["controller.quorum.voters"]).toBe(voters)
    }
    expect(inCluster.api?.environment).toMatchObject({
      KAFKA_BROKERS: "kafka:9092,kafka-2:9092,kafka-3:9092",
      KAFKA_REPLICATION_FACTOR: 3,
      KAFKA_MIN_INSYNC_REPLICAS: 2,
    })
  })

  it("does not let the metastore make its tables on PostgreSQL, where it would wait for its own locks", () => {
    const { metastore } = compose.services
    expect(metastore?.environment?.SERVICE_OPTS).toContain("-Ddatanucleus.schema.autoCreateAll=false ")
    expect(metastore?.environment?.IS_RESUME).toBeUndefined()
    expect(metastore?.command?.join()).toMatch(/schematool -dbType postgres -info .*IS_RESUME=true/)
  })

  it("gives Java the heaps of scripts/stack", () => {
    const heap = (path: string) => /_HEAP (\w+) heap/.exec(readFileSync(path, "utf8"))?.[1]
    const { kafka, namenode, datanode, metastore } = compose.services
    expect(kafka?.environment?.KAFKA_HEAP_OPTS).toBe(`-Xmx${heap("stack/kafka/service")}`)
    for (const node of [namenode, datanode]) {
      expect(node?.environment?.HADOOP_HEAPSIZE_MAX).toBe(heap("stack/hdfs/namenode"))
    }
    expect(metastore?.environment?.SERVICE_OPTS).toContain(`-Xmx${heap("stack/metastore/service")} `)
    expect(readFileSync("docker/presto/jvm.config", "utf8")).toContain(
      `-Xmx${heap("stack/presto/service")}\n`,
    )
  })
})

async function rendered(): Promise<string> {
  const folder = await temporaryFolder()
  await run("docker/render", [], { env: { PATH: process.env.PATH, STACK_DIR: folder, KAFKA_PORT: "1" } })
  return folder
}

/** `namenode/conf/core-site.xml` is made from `stack/hdfs/core-site.xml`. */
function templateOf(file: string): string {
  const [service = "", , ...path] = file.split("/")
  const folder = /^(core|hdfs)-site\.xml$/.test(path.at(-1) ?? "") ? "hdfs" : service
  return join("stack", folder, ...path)
}

/** The text with anything in place of its at-names. */
function patternOf(template: string): RegExp {
  const parts = template.trimEnd().split(/@[A-Z_]+@/)
  return new RegExp(`^${parts.map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join(".+")}\n$`)
}

function properties(text: string): Readonly<Record<string, string>> {
  const lines = text.split("\n").filter(line => /^[a-z]/.test(line))
  return Object.fromEntries(lines.map(line => [line.split("=", 1)[0] ?? "", line.replace(/^[^=]*=/, "")]))
}

/** As Kafka's image makes lines of server.properties from its environment. */
function ofKafka(service: Service | undefined): Readonly<Record<string, string>> {
  const settings = Object.entries(service?.environment ?? {})
  return Object.fromEntries(
    settings
      .filter(([name]) => name.startsWith("KAFKA_") && name !== "KAFKA_HEAP_OPTS")
      .map(([name, value]) => [name.slice(6).toLowerCase().replaceAll("_", "."), String(value)]),
  )
}

function changes(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => before[name] !== value))
}
