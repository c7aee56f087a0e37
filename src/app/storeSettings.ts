import { isIPv6 } from "node:net"
import type { KafkaLogin, KafkaLogOptions } from "../adapters/kafka/options.js"
import { redisUrlMistake } from "../adapters/redis/url.js"
import { WEBHDFS_USER, type WebHdfsOptions, webHdfsMistakes } from "../adapters/webhdfs/options.js"
import type { List, SettingReader } from "./settingReader.js"

const MECHANISMS = ["plain", "scram-sha-256", "scram-sha-512"] as const

export interface KafkaConfig
  extends Pick<KafkaLogOptions, "brokers" | "topic" | "replicationFactor" | "minInsyncReplicas"> {
  readonly tls: boolean
  readonly sasl: KafkaLogin | null
}

/** The lake in HDFS, and Presto, which reads it. */
export interface HdfsConfig extends Required<Omit<WebHdfsOptions, "limits">> {
  /** May hold a password. */
  readonly prestoUrl: string
  /** The schema in the Hive metastore for the SQL views. */
  readonly prestoSchema: string
}

const BROKERS: List<string> = {
  fallback: "",
  meaning: "host:port,… of Kafka; empty: the embedded log",
  expected: "host:port,host:port",
  isItem: isBroker,
}

export function kafka(reader: SettingReader): KafkaConfig | null {
  const brokers = reader.list("KAFKA_BROKERS", BROKERS)
  const topic = reader.text(
    "KAFKA_TOPIC",
    "guildhall",
    "the topic; each realm is one partition of it",
    topicName,
  )
  const copies = reader.integer(
    "KAFKA_REPLICATION_FACTOR",
    1,
    1,
    32,
    "copies of a new topic; 3 for production",
  )
  const meaning = "copies that must have a commit before it counts; 2 for production"
  const minInsyncReplicas = reader.integer("KAFKA_MIN_INSYNC_REPLICAS", 1, 1, 32, meaning)
  const tls = reader.oneOf("KAFKA_TLS", "off", ["on", "off"], "TLS to the brokers") === "on"
  const sasl = kafkaLogin(reader)
  if (brokers?.length === 0) return null
  if (minInsyncReplicas > copies) {
    reader.problems.push(`KAFKA_MIN_INSYNC_REPLICAS: expected at most KAFKA_REPLICATION_FACTOR (${copies})`)
  }
  return { brokers: brokers ?? [], topic, replicationFactor: copies, minInsyncReplicas, tls, sasl }
}

function kafkaLogin(reader: SettingReader): KafkaLogin | null {
  const username = reader.text("KAFKA_USERNAME", "", "SASL user; empty: none")
  const password = reader.secret("KAFKA_PASSWORD", "SASL password")
  const mechanism = reader.oneOf("KAFKA_MECHANISM", "scram-sha-512", MECHANISMS, "SASL mechanism")
  if ((username === "") !== (password === "")) {
    reader.problems.push("KAFKA_USERNAME and KAFKA_PASSWORD: expected both or neither")
  }
  return username === "" ? null : { mechanism, username, password }
}

function isBroker(text: string): text is string {
  const [, address, name] = /^(?:\[(.*)\]|([A-Za-z0-9._-]+)):\d{1,5}$/.exec(text) ?? []
  return name !== undefined || isIPv6(address ?? "")
}

function topicName(topic: string): string | null {
  return /^[A-Za-z0-9._-]{1,200}$/.test(topic) ? null : "1 to 200 characters A-Z a-z 0-9 . _ -"
}

export function redisUrl(reader: SettingReader): string | null {
  const url = reader.secret("REDIS_URL", "redis://… or rediss://… of Redis; empty: the embedded views")
  if (url === "") return null
  const mistake = redisUrlMistake(url)
  if (mistake !== null) reader.problems.push(mistake)
  return url
}

export function hdfs(reader: SettingReader): HdfsConfig | null {
  const url = reader.text("WEBHDFS_URL", "", "http://host:9870 of the name node; empty: the lake is a folder")
  const prestoUrl = reader.secret(
    "PRESTO_URL",
    "http://[user:password@]host:port of Presto; with WEBHDFS_URL",
  )
  const hdfsUrl = reader.text("HDFS_URL", "hdfs://127.0.0.1:8020", "that file system as Presto names it")
  const folder = reader.text("LAKE_FOLDER", "/guildhall/lake", "the lake's folder in HDFS")
  const user = reader.text("WEBHDFS_USER", WEBHDFS_USER, "whose name the calls to HDFS carry")
  const datanode = reader.text(
    "WEBHDFS_DATANODE_HOST",
    "",
    "where data nodes are reached; empty: where they say",
  )
  const prestoSchema = reader.text("PRESTO_SCHEMA", "guildhall", "the Hive schema of the views", schemaName)
  if (url === "" && prestoUrl === "") return null
  if (url === "" || prestoUrl === "") {
    reader.problems.push(
      "WEBHDFS_URL and PRESTO_URL: expected both or neither: what is in HDFS, Presto reads",
    )
    return null
  }
  const datanodeHost = datanode === "" ? null : datanode
  const config = { url, hdfsUrl, folder, user, datanodeHost, prestoUrl, prestoSchema }
  reader.problems.push(...webHdfsMistakes(config))
  if (!URL.canParse(prestoUrl) || !/^https?:$/.test(new URL(prestoUrl).protocol)) {
    reader.problems.push("PRESTO_URL: expected http://[user:password@]host:port or https://…")
  }
  return config
}

function schemaName(name: string): string | null {
  return /^[a-z][a-z0-9_]{0,62}$/.test(name) ? null : "1 to 63 characters a-z 0-9 _ that begin with a letter"
}
