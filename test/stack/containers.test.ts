import { execFile } from "node:child_process"
import { randomBytes } from "node:crypto"
import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { composeFile } from "../docker/support/compose.js"
import { buildImage, type Image } from "../docker/support/image.js"
import { ask, freePort, Guildhall } from "../support/guildhall.js"
import { stackHdfs } from "./support/hdfs.js"
import { kafkaBrokers } from "./support/kafka.js"
import { OwnLake } from "./support/ownLake.js"
import { stackPresto } from "./support/presto.js"
import { type EmptyRedis, emptyRedis } from "./support/redis.js"

const run = promisify(execFile)

/** The user of the image. */
const NODE_USER = "1000"

const { services } = composeFile()

type Role = "api" | "projector" | "lander"

let image: Image
let parent: string
let redis: EmptyRedis
const lake = new OwnLake()

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "guildhall-image-"))
  await chmod(parent, 0o755)
  image = await buildImage(parent)
  redis = await emptyRedis()
}, 900_000)

afterAll(async () => {
  redis.client.disconnect()
  await lake.remove()
  await rm(parent, { recursive: true, force: true })
})

describe("Guildhall's image, without its container", () => {
  it("plays, lands and audits in the roles of compose.yaml", async () => {
    const own = { KAFKA_TOPIC: `containers-${randomBytes(4).toString("hex")}`, ...ownLake() }
    const port = await freePort()
    const projector = Guildhall.start(commandOf("projector"), settingsOf("projector", own), program())
    const lander = Guildhall.start(commandOf("lander"), settingsOf("lander", own), program())
    const api = await Guildhall.serve(
      settingsOf("api", { ...own, PORT: port }),
      commandOf("api").slice(1),
      program(),
    )
    try {
      await checkHealth(port)
      const alice = await ask(api.url, mutation("registerPlayer", 'name: "Alice", region: "eu"'))
      expect(alice.data?.registerPlayer).toMatchObject({ refusal: null })
      const bought = await ask(api.url, mutation("buySword", 'swordType: "dagger"'))
      expect(bought.data?.buySword).toMatchObject({ refusal: null, player: { gold: 975 } })
      await expect
        .poll(
          async () =>
            (await ask(api.url, "{ sales(by: []) { rows { revenue } landedThrough through } }")).data,
        )
        .toMatchObject({ sales: { rows: [{ revenue: 25 }] } })
      await expect
        .poll(async () => (await lake.sumsOfTable()).sold, { timeout: 90_000, interval: 1_000 })
        .toEqual([{ sword: "dagger", purchases: 1, revenue: 25 }])

      const audit = await Guildhall.run(["audit"], settingsOf("api", own), program())

      expect(audit.output).toContain(
        "the log is sound, and the views are its fold; the lake has each event once",
      )
      expect(await Promise.all([api, projector, lander].map(one => one.stop()))).toEqual([0, 0, 0])
    } finally {
      await Promise.all([api, projector, lander].map(one => one.kill9()))
    }
  }, 300_000)
})

/** The words that Docker starts: the image's ENTRYPOINT, in its folder, as its user. */
function program() {
  const [node = "", main = ""] = image.entrypoint
  const user =
    process.getuid?.() === 0
      ? ["setpriv", `--reuid=${NODE_USER}`, `--regid=${NODE_USER}`, "--clear-groups"]
      : []
  return { node, main, wrap: ["env", `--chdir=${image.folder}`, ...user] }
}

function commandOf(role: Role): readonly string[] {
  return services[role]?.command ?? image.command
}

/** The image's and the compose file's environment, with the stack's addresses in place of the containers'. */
function settingsOf(role: Role, own: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const settings = Object.entries(services[role]?.environment ?? {}).map(([name, value]) => {
    return [name, here(String(value))] as const
  })
  return { ...image.environment, ...Object.fromEntries(settings), ...own }
}

function here(value: string): string {
  const { url, hdfsUrl } = stackHdfs()
  const addresses: Readonly<Record<string, string>> = {
    "kafka:9092": kafkaBrokers().join(","),
    "redis://redis:6379/0": redis.url,
    "http://namenode:9870": url,
    "hdfs://namenode:8020": hdfsUrl,
    "http://presto:8080": stackPresto(),
  }
  return addresses[value] ?? value
}

function ownLake(): Readonly<Record<string, string>> {
  const { LAKE_FOLDER = "", PRESTO_SCHEMA = "" } = lake.settings
  return { LAKE_FOLDER, PRESTO_SCHEMA, LAND_WITHIN: "3s" }
}

function mutation(name: string, input: string): string {
  return `mutation { ${name}(input: { playerId: "alice", ${input} }) { refusal { code } player { gold } } }`
}

/** What Docker runs to know whether the api is healthy; fails if it is not. */
async function checkHealth(port: string): Promise<void> {
  const [, command = "", ...words] = services.api?.healthcheck?.test ?? []
  await run(
    command,
    words.map(word => word.replace("127.0.0.1:4000", `127.0.0.1:${port}`)),
  )
}
