import type { Config } from "../app/config.js"
import { engineNames } from "../app/engines.js"
import { newLogger } from "../app/logger.js"
import { openRealm } from "../app/openRealm.js"
import type { Realm } from "../app/realm.js"
import { builtInCatalogue } from "../domain/catalogue.js"
import { type Fault, isFault } from "../ports/faults.js"
import type { Logger } from "../ports/logger.js"
import type { RunningServer } from "../server/server.js"
import { buildPages } from "./buildPages.js"
import { makeDemoWorld } from "./demo.js"
import { Ending } from "./ending.js"
import { listen } from "./listen.js"
import { output } from "./output.js"
import { readSettings } from "./settings.js"
import { thingsToTry } from "./thingsToTry.js"

export interface ServeOptions {
  /** Makes the demo world once the server listens. */
  readonly demo: boolean
  /** Builds the playground in the background if it is not built yet. */
  readonly buildPages: boolean
  /** Printed once it has ended, such as what else still runs. */
  readonly atEnd?: string
}

/**
 * Runs this process's roles until SIGTERM, SIGINT or SIGHUP: then it accepts no new work, finishes the work
 * in progress, and closes, within END_WITHIN_MS; a second signal ends it at once. Ends by itself when the
 * embedded log can no longer write. Returns the exit code. Throws ConfigError, ListenError, FolderError,
 * KafkaSettingsError or the Fault that says why it cannot start.
 */
export async function serve(options: ServeOptions): Promise<number> {
  const config = readSettings()
  const logger = newLogger(config)
  const ending = new Ending(logger)
  let realm: Realm | null = null
  try {
    realm = await open(config, logger, ending)
    return realm === null ? await ending.code : await run({ config, realm, logger, ending, options })
  } finally {
    await realm?.close()
    ending.forget()
    if (options.atEnd !== undefined) output.note(options.atEnd)
  }
}

/** Null if a signal came meanwhile. */
async function open(config: Config, logger: Logger, ending: Ending): Promise<Realm | null> {
  try {
    const onStopped = (fault: Fault) => ending.failed(fault.message)
    return await openRealm(config, { logger, onStopped, signal: ending.signal })
  } catch (error) {
    if (ending.signal.aborted && isFault(error, "SHUTTING_DOWN")) return null
    throw error
  }
}

interface Running {
  readonly config: Config
  readonly realm: Realm
  readonly logger: Logger
  readonly ending: Ending
  readonly options: ServeOptions
}

async function run({ config, realm, logger, ending, options }: Running): Promise<number> {
  const server = config.roles.has("api") ? await listen(config, realm, logger) : null
  let pages: Promise<void> | null = null
  try {
    const made = server !== null && options.demo ? makeDemoWorld(`${server.url}/graphql`) : Promise.resolve()
    await Promise.race([made, ending.code])
    if (!ending.signal.aborted) announce(config, server)
    // Started last, so that nothing waits for it.
    if (server !== null && options.buildPages) pages = buildPages({ logger, signal: ending.signal })
    return await ending.code
  } finally {
    await server?.close()
    await pages
  }
}

/** Prints what runs, where, on which engines, and what to try. Printed only once it is true. */
function announce(config: Config, server: RunningServer | null): void {
  const { log, views, lake, history } = engineNames(config)
  const roles = [...config.roles].join(" and ")
  output.line()
  output.line(`Guildhall runs realm ${config.realm} as ${roles}.`)
  output.line(
    `  log    ${log.padEnd(6)} ${log === "lmdb" ? `in ${config.dataDir}/; for Kafka set KAFKA_BROKERS` : "by KAFKA_BROKERS"}`,
  )
  output.line(
    `  views  ${views.padEnd(6)} ${views === "lmdb" ? `in ${config.dataDir}/; for Redis set REDIS_URL` : "by REDIS_URL"}`,
  )
  const inHdfs = config.hdfs !== null
  output.line(
    `  lake   ${lake.padEnd(6)} ${inHdfs ? "by WEBHDFS_URL" : `in ${config.dataDir}/lake/; for HDFS set WEBHDFS_URL`}`,
  )
  output.line(
    `  history ${history} ${inHdfs ? "by PRESTO_URL" : "in this process; for Presto set PRESTO_URL"}`,
  )
  const { swords, monsters } = config.catalogue
  const ofWhom =
    config.catalogue === builtInCatalogue ? "built in; for your own set CATALOGUE" : "by CATALOGUE"
  output.line(`  catalogue ${swords.length} swords and ${monsters.length} monsters, ${ofWhom}`)
  if (server === null) return
  output.line(`  playground ${server.url}/playground`)
  output.line(
    `  GraphQL ${server.url}/graphql   health ${server.url}/healthz   readiness ${server.url}/readyz`,
  )
  output.line(`  metrics ${server.url}/metrics, for Prometheus`)
  output.line()
  output.line("Three things to try, in another terminal:")
  for (const line of thingsToTry(server.url, config)) output.line(`  ${line}`)
  output.line()
}
