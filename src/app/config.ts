import { isIPv6 } from "node:net"
import { join } from "node:path"
import { WEBHDFS_USER, webHdfsMistakes } from "../adapters/webhdfs/options.js"
import { LIMITS } from "../server/limits.js"
import { isLoopback, isOrigin } from "../server/origin.js"
import { nearSettings } from "./nearSettings.js"

/**
 * The configuration: the only place that reads the environment. It reports every mistake at once, and refuses
 * combinations that cannot work. `docs/configuration.md` lists the settings.
 */
export type Role = "api" | "projector" | "lander"

export type LogFormat = "auto" | "pretty" | "json"

export type ParquetWriterName = "duckdb" | "parquetjs-lite"

export interface KafkaConfig {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly replicationFactor: number
  readonly minInsyncReplicas: number
  readonly tls: boolean
  readonly sasl: SaslConfig | null
}

export interface SaslConfig {
  readonly mechanism: SaslMechanism
  readonly username: string
  readonly password: string
}

/** The lake in HDFS, and Presto, which reads it. */
export interface HdfsConfig {
  /** The name node's HTTP address. */
  readonly url: string
  /** The same file system as Presto names it. */
  readonly hdfsUrl: string
  /** The lake's folder in it. */
  readonly folder: string
  readonly user: string
  /** Null: data nodes are reached at the addresses that they give. */
  readonly datanodeHost: string | null
  /** May hold a password. */
  readonly prestoUrl: string
  /** The schema in the Hive metastore for the SQL views. */
  readonly prestoSchema: string
}

export type SaslMechanism = "plain" | "scram-sha-256" | "scram-sha-512"

export interface Config {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  /** Where DuckDB keeps its temporary files. */
  readonly workDir: string
  readonly roles: ReadonlySet<Role>
  readonly realm: number
  /** Milliseconds of key time. */
  readonly keyRetention: number
  readonly commandDeadlineMs: number
  /** Everything acknowledged is in the lake within this, in milliseconds. */
  readonly landWithinMs: number
  readonly parquetWriter: ParquetWriterName
  /** Whose pages may talk to the server, in addition to those of its own host and of this machine. */
  readonly allowedOrigins: readonly string[]
  /** How many WebSockets one address may have. */
  readonly socketsPerAddressMax: number
  readonly logLevel: string
  readonly logFormat: LogFormat
  /** Null: the log is an LMDB folder under dataDir. */
  readonly kafka: KafkaConfig | null
  /** Null: the views are an LMDB folder under dataDir. May hold a password. */
  readonly redisUrl: string | null
  /** Null: the lake is a folder under dataDir, and DuckDB reads it. */
  readonly hdfs: HdfsConfig | null
  /** Every setting as resolved, without secrets, for people. */
  readonly settings: readonly ResolvedSetting[]
  /** Questions, for people, about names in the environment that are almost those of settings. */
  readonly doubts: readonly string[]
}

export interface ResolvedSetting {
  readonly name: string
  readonly value: string
  readonly from: "default" | "environment"
  /** Whether the value is as it was given: no secret was left out. */
  readonly isWhole: boolean
  readonly meaning: string
}

/** All mistakes of an environment, a line each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError"
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(
      `the configuration has ${problems.length} mistake(s):\n${problems.map(one => `  - ${one}`).join("\n")}`,
    )
    this.problems = problems
  }
}

/** The longest COMMAND_DEADLINE: a server that shuts down still answers the commands it has accepted. */
const COMMAND_DEADLINE_MAX = { ms: 10_000, text: "10s" }

/** The longest LAND_WITHIN: until then a batch is held in memory. */
const LAND_WITHIN_MAX = { ms: 3_600_000, text: "1h" }

type Environment = Readonly<Record<string, string | undefined>>

/** Throws ConfigError with every mistake. */
export function loadConfig(environment: Environment): Config {
  const reader = new SettingReader(environment)
  const config = {
    ...place(reader),
    ...folders(reader),
    allowedOrigins: reader.list("ALLOWED_ORIGINS", ORIGINS) ?? [],
    roles: new Set(reader.list("ROLES", ROLE_LIST) ?? ROLES),
    realm: reader.integer("REALM", 0, 0, 9999, "the game world: one ordered log"),
    keyRetention: reader.duration("KEY_RETENTION", "1h", "how long idempotency keys are kept, in key time"),
    commandDeadlineMs: reader.duration(
      "COMMAND_DEADLINE",
      "5s",
      "until when a mutation is decided or given up",
      COMMAND_DEADLINE_MAX,
    ),
    landWithinMs: reader.duration(
      "LAND_WITHIN",
      "60s",
      "everything acknowledged is in the lake within this",
      LAND_WITHIN_MAX,
    ),
    parquetWriter: reader.oneOf("PARQUET_WRITER", "duckdb", WRITERS, "what writes the lake's Parquet files"),
    socketsPerAddressMax: reader.integer(
      "SOCKETS_PER_ADDRESS",
      LIMITS.socketsPerAddress,
      1,
      10_000,
      "WebSockets of one address, at most; more where a proxy stands before the server",
    ),
    logLevel: reader.oneOf("LOG_LEVEL", "info", LOG_LEVELS, "what is logged"),
    logFormat: reader.oneOf(
      "LOG_FORMAT",
      "auto",
      LOG_FORMATS,
      "pretty for people, json for programs; auto: pretty on a terminal",
    ),
    kafka: kafka(reader),
    redisUrl: redisUrl(reader),
    hdfs: hdfs(reader),
  }
  reader.problems.push(...impossible(config))
  if (reader.problems.length > 0) throw new ConfigError(reader.problems)
  return { ...config, settings: reader.settings, doubts: reader.doubts() }
}

/** The GraphQL address of a server with this environment's HOST and PORT. Throws ConfigError. */
export function graphqlUrl(environment: Environment): string {
  const reader = new SettingReader(environment)
  const { host, port } = place(reader)
  if (reader.problems.length > 0) throw new ConfigError(reader.problems)
  return `${originOf(host, port)}/graphql`
}

export function originOf(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`
}

function place(reader: SettingReader): Pick<Config, "host" | "port"> {
  return {
    host: reader.text("HOST", "127.0.0.1", "the address to listen on", loopback),
    port: reader.integer("PORT", 4000, 0, 65_535, "the port to listen on; 0 takes a free one"),
  }
}

function folders(reader: SettingReader): Pick<Config, "dataDir" | "workDir"> {
  const dataDir = reader.text("DATA_DIR", "data", "the folder of the embedded log, views and lake")
  const meaning = "the folder for DuckDB's temporary files; empty: work, below DATA_DIR"
  return { dataDir, workDir: reader.text("WORK_DIR", "", meaning) || join(dataDir, "work") }
}

const ROLES: readonly Role[] = ["api", "projector", "lander"]
const ROLE_LIST: List<Role> = {
  fallback: ROLES.join(","),
  meaning: "what this process does",
  expected: `some of ${ROLES.join(",")}`,
  isItem: isRole,
}

const ORIGINS: List<string> = {
  fallback: "",
  meaning: "whose pages may use GraphQL, as http://host:port,…; on a loopback HOST this machine's may anyway",
  expected:
    "http://host:port,https://host,… as browsers send them: without a path, a default port or a capital",
  isItem: isOrigin,
}

const BROKERS: List<string> = {
  fallback: "",
  meaning: "host:port,… of Kafka; empty: the embedded log",
  expected: "host:port,host:port",
  isItem: isBroker,
}

const WRITERS = ["duckdb", "parquetjs-lite"] as const
const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const
const LOG_FORMATS = ["auto", "pretty", "json"] as const
const MECHANISMS = ["plain", "scram-sha-256", "scram-sha-512"] as const

function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text)
}

function loopback(host: string): string | null {
  if (isLoopback(host)) return null
  return "a loopback address (127.0.0.1, ::1, localhost), as this build has no authentication yet"
}

function kafka(reader: SettingReader): KafkaConfig | null {
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

function kafkaLogin(reader: SettingReader): SaslConfig | null {
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

function redisUrl(reader: SettingReader): string | null {
  const url = reader.secret("REDIS_URL", "redis://… or rediss://… of Redis; empty: the embedded views")
  if (url === "") return null
  if (!isRedisUrl(url)) {
    const reserved = "in the password, reserved characters as %23 for #"
    reader.problems.push(
      `REDIS_URL: expected redis://[user:password@]host:port[/number] or rediss://…; ${reserved}`,
    )
  }
  return url
}

/**
 * Nothing may follow the number: the client would read its own settings from there and prefer them to ours.
 */
function isRedisUrl(text: string): boolean {
  if (!/^rediss?:\/\/[^/]/.test(text) || !URL.canParse(text)) return false
  const { username, password, pathname, search, hash } = new URL(text)
  return isEncoded(username + password) && /^(\/\d*)?$/.test(pathname) && search === "" && hash === ""
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function hdfs(reader: SettingReader): HdfsConfig | null {
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

/** Combinations that cannot work; each message says which combination does. */
function impossible({
  roles,
  kafka: log,
  redisUrl: views,
}: Pick<Config, "roles" | "kafka" | "redisUrl">): string[] {
  const embedded = [
    log === null ? "log (KAFKA_BROKERS unset)" : "",
    views === null ? "views (REDIS_URL unset)" : "",
  ]
  const which = embedded.filter(part => part !== "")
  if (roles.has("api") && roles.has("projector")) return []
  if (which.length === 0) return []
  return [
    `ROLES: the embedded ${which.join(" and ")} can be used by one process only, which must be api and projector; ` +
      "for several processes set both KAFKA_BROKERS and REDIS_URL",
  ]
}

/** A setting that is a list, with commas between its items. */
interface List<T extends string> {
  readonly fallback: string
  readonly meaning: string
  readonly expected: string
  readonly isItem: (text: string) => text is T
}

/** Reads settings one by one and collects the mistakes in them. */
class SettingReader {
  readonly problems: string[] = []
  readonly settings: ResolvedSetting[] = []
  readonly #environment: Environment

  constructor(environment: Environment) {
    this.#environment = environment
  }

  text(
    name: string,
    fallback: string,
    meaning: string,
    wrong: (text: string) => string | null = () => null,
  ): string {
    const value = this.#read(name, fallback, meaning)
    const expected = wrong(value)
    if (expected !== null) this.#problem(name, expected, value)
    return value
  }

  /** A text that is never shown. */
  secret(name: string, meaning: string): string {
    const value = this.#environment[name] ?? ""
    const shown = value === "" ? "" : hidden(value)
    const from = value === "" ? "default" : "environment"
    this.settings.push({ name, value: shown, from, isWhole: shown === value, meaning })
    return value
  }

  integer(name: string, fallback: number, min: number, max: number, meaning: string): number {
    const value = this.#read(name, String(fallback), meaning)
    const number = Number(value)
    const good = /^\d+$/.test(value) && number >= min && number <= max
    if (!good) this.#problem(name, `a whole number from ${min} to ${max}`, value)
    return number
  }

  /** In milliseconds. */
  duration(
    name: string,
    fallback: string,
    meaning: string,
    most: { readonly ms: number; readonly text: string } | null = null,
  ): number {
    const value = this.#read(name, fallback, meaning)
    const [, count, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(value) ?? []
    const ms = Number(count) * ({ ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit ?? ""] ?? Number.NaN)
    const expected = `a duration such as ${most === null ? "500ms, 5s, 10m or 1h" : `500ms or 5s, at most ${most.text}`}`
    if (!(ms > 0 && ms <= (most?.ms ?? ms))) this.#problem(name, expected, value)
    return ms
  }

  oneOf<T extends string>(name: string, fallback: T, choices: readonly T[], meaning: string): T {
    const value = this.#read(name, fallback, meaning)
    const choice = choices.find(one => one === value)
    if (choice === undefined) this.#problem(name, `one of ${choices.join(", ")}`, value)
    return choice ?? fallback
  }

  /** Null if the setting is wrong. */
  list<T extends string>(name: string, { fallback, meaning, expected, isItem }: List<T>): T[] | null {
    const value = this.#read(name, fallback, meaning)
    const items = value.split(",").map(item => item.trim())
    const given = items.filter(item => item !== "")
    const good = given.filter(isItem)
    if (good.length === given.length && (given.length > 0 || fallback === "")) return good
    this.#problem(name, expected, value)
    return null
  }

  /** Questions about the other names in the environment; call it once all settings are read. */
  doubts(): string[] {
    const given = Object.keys(this.#environment).filter(name => this.#environment[name] !== "")
    return nearSettings(
      given,
      this.settings.map(({ name }) => name),
    )
  }

  #read(name: string, fallback: string, meaning: string): string {
    const given = this.#environment[name]
    const set = given !== undefined && given !== ""
    const value = set ? given : fallback
    this.settings.push({ name, value, from: set ? "environment" : "default", isWhole: true, meaning })
    return value
  }

  #problem(name: string, expected: string, got: string): void {
    this.problems.push(`${name}: expected ${expected}, got ${JSON.stringify(got.slice(0, 60))}`)
  }
}

/** A URL without its user part; of anything else only that it is set. */
function hidden(value: string): string {
  if (!URL.canParse(value)) return "(set)"
  const { protocol, host, pathname } = new URL(value)
  return `${protocol}//${host}${pathname}`
}
