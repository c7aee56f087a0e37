import { existsSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { DuckdbCheckpointFiles } from "../adapters/duckdb/checkpointFiles.js"
import { Database } from "../adapters/duckdb/database.js"
import { DuckdbHistoryEngine } from "../adapters/duckdb/historyEngine.js"
import { DuckdbParquetWriter } from "../adapters/duckdb/parquetWriter.js"
import { openKafkaLog } from "../adapters/kafka/kafkaLog.js"
import { openLmdbLog } from "../adapters/lmdb/log.js"
import { openLmdbViewStore } from "../adapters/lmdb/viewStore.js"
import { LocalLake } from "../adapters/localdisk/lake.js"
import { ParquetjsWriter } from "../adapters/parquetjs/parquetWriter.js"
import { PrestoHistoryEngine } from "../adapters/presto/historyEngine.js"
import { openRedisViewStore } from "../adapters/redis/viewStore.js"
import { openWebHdfsLake } from "../adapters/webhdfs/lake.js"
import type { WebHdfsLimits } from "../adapters/webhdfs/options.js"
import { EVENTS_FOLDER } from "../lake/realmTable.js"
import type { Fault } from "../ports/faults.js"
import type { HistoryEngine } from "../ports/historyEngine.js"
import type { Lake } from "../ports/lake.js"
import type { Log } from "../ports/log.js"
import type { Logger } from "../ports/logger.js"
import type { ViewStore } from "../ports/viewStore.js"
import type { Config } from "./config.js"
import type { LakePorts } from "./realmParts.js"

export interface EngineOptions {
  readonly logger: Logger
  /** Nothing is written, created or altered, whether a server runs at the same time or not. */
  readonly readOnly?: boolean
  /** Called when the embedded log can no longer write: the process should end. */
  readonly onStopped?: (fault: Fault) => void
  /** Aborts the opening. */
  readonly signal?: AbortSignal
}

export interface EngineNames {
  readonly log: string
  readonly views: string
  readonly lake: string
  readonly history: string
}

/** Which implementation of each port is in use, for people. */
export function engineNames(config: Config): EngineNames {
  return {
    lake: config.hdfs === null ? "folder" : "hdfs",
    history: config.hdfs === null ? "duckdb" : "presto",
    log: config.kafka === null ? "lmdb" : "kafka",
    views: config.redisUrl === null ? "lmdb" : "redis",
  }
}

/** Opens the log that the configuration chooses. Throws Faults, and FolderError for an embedded folder. */
export function openLog(
  config: Config,
  { logger, readOnly = false, onStopped, signal }: EngineOptions,
): Promise<Log> {
  const { kafka, realm } = config
  if (kafka === null) {
    const folder = realmFolder(config, "log")
    return openLmdbLog({ folder, readOnly, onStopped })
  }
  return openKafkaLog({ ...kafka, realm, logger, readOnly, signal })
}

/** Opens the view store that the configuration chooses. Throws VIEWS_UNAVAILABLE, and FolderError for a folder. */
export function openViewStore(
  config: Config,
  { logger, readOnly = false, signal }: EngineOptions,
): Promise<ViewStore> {
  const { redisUrl: url, realm } = config
  if (url !== null) {
    return openRedisViewStore({ url, realm, logger, signal })
  }
  return openLmdbViewStore({ folder: realmFolder(config, "views"), realm, readOnly, logger })
}

/** The lake's ports, and the database in this process that some of them share. */
export interface LakeEngines extends LakePorts {
  readonly database: Database
  close(): Promise<unknown>
}

/** Short enough for a probe of HDFS to say why it fails before its watch gives up on it. */
const PROBE_LIMITS: Partial<WebHdfsLimits> = { answerMs: 5_000, deadlineMs: 8_000 }

/**
 * Opens the lake that the configuration chooses, without a request to it. Throws HISTORY_UNAVAILABLE if
 * DuckDB has no folder to work in. A command that only reads does not create WORK_DIR: if that is missing or
 * not writable, it uses the system's temporary folder.
 */
export async function openLake(
  config: Config,
  { readOnly }: { readonly readOnly: boolean },
): Promise<LakeEngines> {
  const { hdfs } = config
  const lake = hdfs === null ? new LocalLake(lakeFolder(config)) : openWebHdfsLake(hdfs)
  const probeLake = hdfs === null ? lake : openWebHdfsLake({ ...hdfs, limits: PROBE_LIMITS })
  const workDir = resolve(config.workDir)
  const forReading = existsSync(workDir) ? [workDir, tmpdir()] : [tmpdir()]
  const database = await Database.open(readOnly ? forReading : [workDir])
  const engine = historyEngine(config, lake, database)
  return {
    ...{ lake, probeLake, database },
    writer: config.parquetWriter === "duckdb" ? new DuckdbParquetWriter(database) : new ParquetjsWriter(),
    checkpoints: new DuckdbCheckpointFiles(database),
    engine,
    close: () =>
      Promise.all([engine.close(), lake.close(), probeLake.close()]).finally(() => database.close()),
  }
}

function historyEngine({ hdfs }: Config, { root }: Lake, database: Database): HistoryEngine {
  if (hdfs === null) return new DuckdbHistoryEngine({ folder: join(root, EVENTS_FOLDER), database })
  const { prestoUrl: url, prestoSchema: schema } = hdfs
  const table = `${root}/${EVENTS_FOLDER}`
  return new PrestoHistoryEngine({ url, table, schema, schemaLocation: `${root}/views` })
}

/** All realms share one lake. */
function lakeFolder({ dataDir }: Config): string {
  return join(dataDir, "lake")
}

/** Each realm has its own folders. */
function realmFolder({ dataDir, realm }: Config, part: string): string {
  return join(dataDir, `realm-${realm}`, part)
}
