import { randomId, systemClock } from "../adapters/system/clock.js"
import type { Config } from "../app/config.js"
import { engineNames } from "../app/engines.js"
import { realmMetrics } from "../app/metrics.js"
import type { Realm } from "../app/realm.js"
import type { Logger } from "../ports/logger.js"
import type { Game } from "../resolvers/game.js"
import { type RunningServer, startServer } from "../server/server.js"
import { PAGES_FOLDER } from "./buildPages.js"

/** How long a query may wait for `atLeast` and for the view store. */
const QUERY_DEADLINE_MS = 5000

/**
 * Starts the server of a realm that runs. `commands`: others than the realm's are for benchmarks. Throws
 * ListenError.
 */
export function listen(
  config: Config,
  realm: Realm,
  logger: Logger,
  commands: Game["commands"] = realm.commands,
): Promise<RunningServer> {
  const { host, port, allowedOrigins, socketsPerAddressMax, trustedDocuments } = config
  const game = gameOf(config, realm, commands)
  const metrics = realmMetrics(config, realm)
  const degraded = () => realm.health.degraded()
  const parts = { game, logger, metrics, degraded, pagesFolder: PAGES_FOLDER }
  return startServer({ host, port, allowedOrigins, socketsPerAddressMax, trustedDocuments, ...parts })
}

function gameOf(config: Config, realm: Realm, commands: Game["commands"]): Game {
  const { stateReader, tail, feed, history } = realm
  return {
    ...{ commands, stateReader, tail, feed, history },
    realm: config.realm,
    catalogue: config.catalogue,
    clock: systemClock,
    newId: randomId,
    engines: engineNames(config),
    queryDeadlineMs: QUERY_DEADLINE_MS,
    unready: () => realm.health.unready(),
    landed: () => realm.landing.landed,
  }
}
