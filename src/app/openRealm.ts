import { randomId, systemClock } from "../adapters/system/clock.js"
import { once } from "../lib/once.js"
import type { ViewStore } from "../ports/viewStore.js"
import type { Config } from "./config.js"
import { type EngineOptions, type LakeEngines, openLake, openLog, openViewStore } from "./engines.js"
import { type Realm, startRealm } from "./realm.js"
import { StartRetries } from "./startRetries.js"

/** The signal aborts the start; it has no effect afterwards. */
export type RealmOptions = Omit<EngineOptions, "readOnly">

/**
 * Opens the engines that the configuration chooses, and starts the realm on them. It waits up to a minute for
 * services that are unavailable. Throws SHUTTING_DOWN if the signal aborts it, otherwise the Fault,
 * KafkaSettingsError or FolderError that says what is wrong.
 */
export async function openRealm(config: Config, options: RealmOptions): Promise<Realm> {
  const { logger, signal = new AbortController().signal } = options
  const retries = new StartRetries(systemClock, logger, signal)
  const log = await retries.until(() => openLog(config, { ...options, signal }))
  let viewStore: ViewStore | null = null
  let lake: LakeEngines | null = null
  const closeEngines = async () => {
    try {
      await lake?.close()
    } finally {
      await (viewStore?.close() ?? Promise.resolve()).finally(() => log.close())
    }
  }
  try {
    viewStore = await retries.until(() => openViewStore(config, { logger, signal }))
    lake = await openLake(config, { readOnly: false })
    const tools = { clock: systemClock, random: Math.random, newId: randomId, logger }
    const settings = { ...config, keepsSqlViews: config.hdfs !== null }
    const realm = await startRealm({ log, viewStore, lake, ...tools }, settings, signal)
    return { ...realm, close: once(() => realm.close().finally(closeEngines)) }
  } catch (error) {
    // The error of the start is the one to show.
    await closeEngines().catch((late: Error) => logger.warn({ error: late.message }, "closing the engines"))
    throw error
  }
}
