import { randomBytes } from "node:crypto"
import { Redis } from "ioredis"
import { expect, it, onTestFinished, test } from "vitest"
import { tableColumns } from "../../src/lake/columns.js"
import { namedValues, rowsOf } from "../../src/lake/rows.js"
import type { Genesis } from "../../src/log/commit.js"
import { Judge } from "../../src/log/judge.js"
import { type Judged, readJudged } from "../../src/log/judged.js"
import type { Log } from "../../src/ports/log.js"
import { ask, freePort, Guildhall } from "../support/guildhall.js"
import { ContestedWorld, VOID } from "./support/contestedWorld.js"
import { freshFolder, stackHdfs } from "./support/hdfs.js"
import { freshTopic, kafkaBrokers, openTestLog } from "./support/kafka.js"
import { askPresto, type PrestoRow, stackPresto } from "./support/presto.js"
import { stackRedisUrl } from "./support/redis.js"
import { runSpark } from "./support/spark.js"

const LAG_MAX = 6
const RECORDS = 140
const BATCH_RECORDS = 35
/** The job is killed after it has put the rows of these batches in their place. */
const KILLED_AFTER = [0, 1, 2]

const genesis: Genesis = { logId: randomBytes(8).toString("hex"), realm: 0, lagMax: LAG_MAX, format: 1 }

test("the Python tests of spark/ pass", async () => {
  const { code, output } = await runSpark(["-W", "ignore", "-m", "unittest", "discover", "tests"])
  expect(code, output).toBe(0)
}, 200_000)

it("lands each event that happened once, though it is killed three times and then runs twice at once", async () => {
  const { settings, log, records } = await contestedLog()
  expectContestedBorders(records)
  const expected = rowsIn(records)
  expect(expected.length).toBeGreaterThan(40)

  for (const batch of KILLED_AFTER) {
    const killed = await runSpark(["tests/killed.py", `${batch}`, "land"], settings)
    expect(killed, killed.output).toMatchObject({
      code: null,
      output: expect.stringContaining(`batch ${batch}:`),
    })
  }
  const runs = await Promise.all([1, 2].map(() => runSpark(["-m", "guildhall_spark", "land"], settings)))

  expectOneGoesOn(runs)
  const landed = await Guildhall.run(["land", "--once"], settings)
  expect(landed.code, landed.output).toBe(0)
  const { hdfsUrl } = stackHdfs()
  expect(await rowsBy(`hive.${settings.SPARK_SCHEMA}.events`)).toEqual(expected)
  expect(await rowsBy(`delta."$path$"."${hdfsUrl}${settings.LAKE_FOLDER}/events"`)).toEqual(expected)

  const compared = await runSpark(["-m", "guildhall_spark", "compare"], settings)
  expect(compared, compared.output).toMatchObject({ code: 0 })
  await expectGameAgrees(settings, expected)
  await log.close()
}, 900_000)

const WRONG: readonly (readonly [
  string,
  readonly string[],
  Readonly<Record<string, string>>,
  number,
  string,
])[] = [
  ["an unknown event type", ["land", "--types", "SwordBougt"], {}, 2, "got SwordBougt"],
  ["a broker that is not there", ["land"], { KAFKA_BROKERS: "127.0.0.1:1" }, 1, "start it: scripts/stack up"],
  [
    "an HDFS that is not there",
    ["land"],
    { HDFS_URL: "hdfs://127.0.0.1:1" },
    1,
    "start it: scripts/stack up",
  ],
  [
    "the game's own lake",
    ["land"],
    { SPARK_FOLDER: "/guildhall/lake" },
    1,
    "another folder than LAKE_FOLDER",
  ],
  ["a batch of nothing", ["land"], { SPARK_BATCH_RECORDS: "0" }, 1, "a whole number from 1 on, got 0"],
  ["SQL in a name", ["land"], { SPARK_SCHEMA: "x; DROP" }, 1, "a name of a-z, 0-9 and _, got x; DROP"],
  ["no stack", ["report"], { METASTORE_URL: "" }, 1, "METASTORE_URL is not set: use scripts/spark"],
]

test.each(WRONG)("before Spark starts, %s is refused in one line", async (_, args, settings, code, text) => {
  const run = await runSpark(["-m", "guildhall_spark", ...args], settings)
  expect(run).toMatchObject({ code, output: expect.stringContaining(text) })
  expect(run.output).not.toContain("Traceback")
})

/** A realm of its own, whose log is already there. */
async function contestedLog() {
  const { url, hdfsUrl } = stackHdfs()
  const redisUrl = new URL("/11", stackRedisUrl()).href
  const redis = new Redis(redisUrl)
  await redis.flushdb()
  redis.disconnect()
  const topic = freshTopic()
  const settings = {
    ...{
      KAFKA_BROKERS: kafkaBrokers().join(","),
      KAFKA_TOPIC: topic,
      REDIS_URL: redisUrl,
      LOG_LEVEL: "warn",
    },
    ...{ WEBHDFS_URL: url, HDFS_URL: hdfsUrl, PRESTO_URL: stackPresto() },
    ...{ LAKE_FOLDER: freshFolder(), PRESTO_SCHEMA: `test_${randomBytes(4).toString("hex")}` },
    ...{ SPARK_FOLDER: freshFolder(), SPARK_SCHEMA: `spark_${randomBytes(4).toString("hex")}` },
    SPARK_BATCH_RECORDS: `${BATCH_RECORDS}`,
  }
  const log = await openTestLog({ topic })
  const { world } = new ContestedWorld(genesis, { records: RECORDS, seed: 16 })
  // One by one, so that their append times differ.
  for (const { bytes } of world.log.records) await log.append([bytes])
  return { settings, log, records: await judgedRecords(log, world.head) }
}

async function judgedRecords(log: Log, head: number): Promise<Judged[]> {
  const all: Judged[] = []
  for await (const { records } of readJudged(log, genesis, 0, new AbortController().signal)) {
    all.push(...records)
    if (all.length >= head) break
  }
  return all
}

/** Void commits of each kind lie just before and just after borders of batches, and judging a batch alone goes wrong. */
function expectContestedBorders(records: readonly Judged[]): void {
  const happened = records.filter(({ verdict }) => verdict === "effective")
  expect(happened.filter(({ commit }) => commit?.id.startsWith(VOID))).toEqual([])
  for (const verdict of ["superseded", "expired", "premature"]) {
    const places = records.filter(one => one.verdict === verdict).map(({ offset }) => offset % BATCH_RECORDS)
    expect(places.some(place => place >= BATCH_RECORDS - LAG_MAX)).toBe(true)
    expect(places.some(place => place < LAG_MAX)).toBe(true)
  }
  let judge = new Judge(LAG_MAX)
  const wrong = records.filter(({ offset, commit, verdict }) => {
    if (offset % BATCH_RECORDS === 0) judge = new Judge(LAG_MAX)
    return commit !== null && judge.judge(offset, commit).verdict !== verdict
  })
  expect(wrong.length).toBeGreaterThan(2)
}

/** Both may end well, one after the other; otherwise the slower one says why it ended. */
function expectOneGoesOn(runs: readonly { readonly code: number | null; readonly output: string }[]): void {
  const outputs = runs.map(({ output }) => output).join("\n")
  expect(runs.map(({ code }) => code).toSorted()[0], outputs).toBe(0)
  for (const { code, output } of runs) {
    if (code !== 0)
      expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining("another run") })
  }
}

function rowsIn(records: readonly Judged[]): PrestoRow[] {
  const rows = records.flatMap(record => rowsOf(genesis.realm, record)).map(namedValues)
  return rows.map(row => tableColumns().map(({ name }) => row[name] ?? null))
}

/** Every row of a table, in the log's order, with its times in milliseconds. */
async function rowsBy(table: string): Promise<PrestoRow[]> {
  const columns = tableColumns().map(({ name, kind }) => {
    return kind === "time" ? `CAST(round(to_unixtime("${name}") * 1000) AS bigint)` : `"${name}"`
  })
  const rows = await askPresto(`SELECT ${columns.join(", ")} FROM ${table}`)
  const at = (name: string) => tableColumns().findIndex(column => column.name === name)
  const place = (row: PrestoRow) => Number(row[at("log_offset")]) * 1000 + Number(row[at("event_index")])
  return rows.toSorted((one, other) => place(one) - place(other))
}

/** GraphQL's sales are those of the rows, and the audit finds nothing. */
async function expectGameAgrees(
  settings: Readonly<Record<string, string>>,
  rows: readonly PrestoRow[],
): Promise<void> {
  const at = (name: string) => tableColumns().findIndex(column => column.name === name)
  const sold = rows.filter(row => row[at("type")] === "SwordBought")
  const revenue = sold.reduce((sum, row) => sum + Number(row[at("price")]), 0)
  const server = await Guildhall.serve({ ...settings, ROLES: "api,projector", PORT: await freePort() })
  onTestFinished(() => server.kill9())
  const answer = await ask(server.url, "{ sales(by: []) { rows { purchases revenue } } }")
  expect(answer).toEqual({ data: { sales: { rows: [{ purchases: sold.length, revenue }] } } })
  await server.stop()
  const audit = await Guildhall.run(["audit"], settings)
  expect(audit.code, audit.output).toBe(0)
}
