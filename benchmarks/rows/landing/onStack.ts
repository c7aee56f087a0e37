import { randomBytes } from "node:crypto"
import { stackHdfs, webhdfs } from "../../../test/stack/support/hdfs.js"
import { freshTopic, kafkaBrokers } from "../../../test/stack/support/kafka.js"
import { OwnLake } from "../../../test/stack/support/ownLake.js"
import { askPresto } from "../../../test/stack/support/presto.js"
import type { Closers } from "../../comparison/closers.js"
import { processorTime } from "../../comparison/processes.js"
import { stackPids } from "../../comparison/stack.js"
import { landOnce } from "./guildhall.js"
import type { Landing, LogSize } from "./landing.js"
import { fillLogs, type LogSettings } from "./logs.js"
import type { OpenLandings, Sizes } from "./open.js"
import type { Tally } from "./purchasesLog.js"
import { pysparkProgram } from "./pyspark.js"

/** Presto only looks afterwards. */
const SERVICES = ["kafka", "namenode", "datanode"] as const

/** From a topic of Kafka to HDFS: the shipped lander, and PySpark. */
export async function openStackLandings(sizes: Sizes, closers: Closers): Promise<OpenLandings> {
  const world = () => ({ KAFKA_BROKERS: kafkaBrokers().join(","), KAFKA_TOPIC: freshTopic() })
  const logs = { few: world(), all: world() }
  const tallies = await fillLogs(logs, sizes)
  const services = await stackPids(SERVICES)
  const servicesCost = () => processorTime(services)
  const landings = [guildhall(logs, closers), pyspark(logs, closers)]
  return { landings: landings.map(landing => ({ ...landing, servicesCost })), tallies }
}

function guildhall(logs: LogSettings, closers: Closers): Omit<Landing, "servicesCost"> {
  let lake = new OwnLake()
  closers.add(() => lake.remove())
  return {
    name: "Guildhall",
    role: "ours",
    program(size) {
      lake = new OwnLake()
      return landOnce({ ...logs[size], ...lake.settings })
    },
    async find() {
      const { HDFS_URL, LAKE_FOLDER = "" } = lake.settings
      const tally = await tallyOf(`delta."$path$"."${HDFS_URL}${LAKE_FOLDER}/events"`)
      return { ...tally, bytes: await bytesIn(`${LAKE_FOLDER}/events`) }
    },
    clear: () => lake.remove(),
  }
}

function pyspark(logs: LogSettings, closers: Closers): Omit<Landing, "servicesCost"> {
  const { hdfsUrl } = stackHdfs()
  const name = `bench_${randomBytes(8).toString("hex")}`
  const folder = `/benchmarks/${name}`
  const clear = async () => {
    await askPresto(`DROP TABLE IF EXISTS hive.${name}.purchases`)
    await askPresto(`DROP SCHEMA IF EXISTS hive.${name}`)
    await webhdfs(stackHdfs(), "DELETE", folder, "op=DELETE&recursive=true")
  }
  closers.add(clear)
  return {
    name: "PySpark",
    role: "peer",
    program: (size: LogSize) => pysparkProgram(logs[size], `${hdfsUrl}${folder}`),
    async find() {
      await askPresto(`CREATE SCHEMA hive.${name} WITH (location = '${hdfsUrl}${folder}/schema')`)
      const where = `format = 'PARQUET', external_location = '${hdfsUrl}${folder}/purchases'`
      await askPresto(`CREATE TABLE hive.${name}.purchases (type varchar, price bigint) WITH (${where})`)
      const tally = await tallyOf(`hive.${name}.purchases`)
      return { ...tally, bytes: await bytesIn(`${folder}/purchases`) }
    },
    clear,
  }
}

/** As Presto reads it. */
async function tallyOf(table: string): Promise<Tally> {
  const [[rows, revenue] = []] = await askPresto(
    `SELECT count(*), coalesce(sum(price), 0) FROM ${table} WHERE type = 'SwordBought'`,
  )
  return { rows: Number(rows), revenue: Number(revenue) }
}

/** All files of a table on HDFS, its own notes too. */
async function bytesIn(folder: string): Promise<number> {
  const answer = await webhdfs(stackHdfs(), "GET", folder, "op=GETCONTENTSUMMARY")
  const { ContentSummary } = answer as { ContentSummary: { length: number } }
  return ContentSummary.length
}
