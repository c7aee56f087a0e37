import { join } from "node:path"
import { openKafkaLog } from "../adapters/kafka/kafkaLog.js"
import { openLmdbLog } from "../adapters/lmdb/log.js"
import { openLmdbViewStore } from "../adapters/lmdb/viewStore.js"
import { openRedisViewStore } from "../adapters/redis/viewStore.js"
import type { Config } from "../config.js"
import type { Fault } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import type { Logger } from "../ports/logger.js"
import type { ViewStore } from "../ports/viewStore.js"

export interface EngineOptions {
  readonly logger: Logger
  /** Beside a running server, or without one: nothing is written, made or altered. */
  readonly readOnly?: boolean
  /** The embedded log can write no more: the process should end. */
  readonly onStopped?: (fault: Fault) => void
  /** Gives up the opening. */
  readonly signal?: AbortSignal
}

/** Which implementation of each port is in use, for people. */
export function engineNames(config: Config): { readonly log: string; readonly views: string } {
  return {
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
    return openLmdbLog({ folder, readOnly, ...(onStopped === undefined ? {} : { onStopped }) })
  }
  const { brokers, topic, replicationFactor, minInsyncReplicas, tls, sasl } = kafka
  const login = sasl === null ? {} : { sasl }
  return openKafkaLog({
    brokers,
    topic,
    realm,
    replicationFactor,
    minInsyncReplicas,
    ssl: tls,
    logger,
    readOnly,
    ...login,
    ...(signal === undefined ? {} : { signal }),
  })
}

/** Opens the view store that the configuration chooses. Throws VIEWS_UNAVAILABLE, and FolderError for a folder. */
export function openViewStore(
  config: Config,
  { logger, readOnly = false, signal }: EngineOptions,
): Promise<ViewStore> {
  const { redisUrl: url, realm } = config
  if (url !== null) {
    return openRedisViewStore({ url, realm, logger, ...(signal === undefined ? {} : { signal }) })
  }
  return openLmdbViewStore({ folder: realmFolder(config, "views"), realm, readOnly, logger })
}

/** Each realm has folders of its own. */
function realmFolder({ dataDir, realm }: Config, part: string): string {
  return join(dataDir, `realm-${realm}`, part)
}
