import { join } from "node:path"
import type { Catalogue } from "../domain/catalogue.js"
import { LIMITS } from "../server/limits.js"
import { isLoopback, isOrigin, originOf } from "../server/origin.js"
import type { TrustedDocuments } from "../server/trustedDocuments.js"
import { catalogue } from "./catalogueSetting.js"
import { documentsPath, trustedDocuments } from "./documentsSetting.js"
import { type Environment, type List, type ResolvedSetting, SettingReader } from "./settingReader.js"
import { type HdfsConfig, hdfs, type KafkaConfig, kafka, redisUrl } from "./storeSettings.js"

const ROLES = ["api", "projector", "lander"] as const
export type Role = (typeof ROLES)[number]

const WRITERS = ["duckdb", "parquetjs-lite"] as const
type ParquetWriterName = (typeof WRITERS)[number]

const LOG_FORMATS = ["auto", "pretty", "json"] as const
type LogFormat = (typeof LOG_FORMATS)[number]

const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const

/**
 * The configuration: the only place that reads the environment. It reports every mistake at once, and refuses
 * combinations that cannot work. `docs/configuration.md` lists the settings.
 */
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
  readonly catalogue: Catalogue
  readonly trustedDocuments: TrustedDocuments
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
    catalogue: catalogue(reader),
    trustedDocuments: trustedDocuments(reader),
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

/** The path of the file of registered documents, which may not be there yet; empty if none is configured. */
export function documentsFile(environment: Environment): string {
  return documentsPath(new SettingReader(environment))
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

function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text)
}

function loopback(host: string): string | null {
  if (isLoopback(host)) return null
  return "a loopback address (127.0.0.1, ::1, localhost), as this build has no authentication yet"
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
