import type { GraphQLSchema } from "graphql"
import type { Metric } from "../lib/metrics.js"
import { once } from "../lib/once.js"
import { newContext } from "../resolvers/context.js"
import type { Game } from "../resolvers/game.js"
import { gameSchema } from "../resolvers/schema.js"
import { newApollo } from "./apollo.js"
import { Executor } from "./executor.js"
import { Front, TIMEOUTS, type Timeouts } from "./front.js"
import { LIMITS } from "./limits.js"
import { type ListenOptions, listen } from "./listen.js"
import { Metrics } from "./metrics.js"
import { originOf } from "./origin.js"
import { Pages } from "./pages.js"
import { ParsedDocuments } from "./parsedDocuments.js"
import { Protocol } from "./protocol.js"
import { NO_DOCUMENTS, type TrustedDocuments } from "./trustedDocuments.js"
import { WebSockets } from "./webSockets.js"

export interface ServerOptions extends ListenOptions {
  readonly game: Game
  /** Whether to hide the schema from clients: no introspection, no suggestions, no types. */
  readonly production?: boolean
  /** Default: the game's. A benchmark passes its own. */
  readonly schema?: GraphQLSchema
  /** Default: none, and every document is accepted. */
  readonly trustedDocuments?: TrustedDocuments
  readonly timeouts?: Partial<Timeouts>
  /** The folder of the built pages; without one, or in production, there are none. */
  readonly pagesFolder?: string
  /** What `/metrics` serves in addition to the server's own metrics. */
  readonly metrics?: readonly Metric[]
  /** What is wrong although requests are accepted, for `/readyz`. */
  readonly degraded?: () => readonly string[]
  /** How many WebSockets one address may have; set it higher behind a proxy. */
  readonly socketsPerAddressMax?: number
  /**
   * The origins whose pages may use it, in addition to its own host's, and this machine's if it listens on
   * loopback.
   */
  readonly allowedOrigins?: readonly string[]
}

export interface RunningServer {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string
  readonly port: number
  /** Stops accepting, lets open requests finish for up to 10 s, closes all connections. Idempotent. */
  close(): Promise<void>
}

/** Starts to listen. Throws ListenError, which says what to change. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { game, logger, production = false, schema = gameSchema() } = options
  const documents = new ParsedDocuments(schema, { logger, production })
  const executor = new Executor({ schema, newContext: left => newContext(game, left), logger, production })
  const apollo = newApollo({ schema, documents, executor, logger, production })
  await apollo.start()
  const timeouts = { ...TIMEOUTS, ...options.timeouts }
  const perAddressMax = options.socketsPerAddressMax ?? LIMITS.socketsPerAddress
  const trusted = options.trustedDocuments ?? NO_DOCUMENTS
  const isDraining = () => front.draining
  const protocol = new Protocol({ schema, documents, trusted, executor, logger, isDraining })
  const webSockets = new WebSockets({ protocol, logger, perAddressMax })
  const pages = options.pagesFolder === undefined || production ? null : new Pages(options.pagesFolder)
  const policy = { bound: options.host, allowedOrigins: options.allowedOrigins ?? [] }
  const connections = () => front.connections
  const requestsOpen = () => front.requestsOpen
  const parts = { executor, webSockets, connections, requestsOpen }
  const metrics = new Metrics(parts, options.metrics ?? [])
  const handlers = { apollo, documents, trusted, webSockets, pages, metrics }
  const degraded = options.degraded ?? (() => [])
  const front = new Front({ game, policy, logger, timeouts, degraded, ...handlers })
  const { port } = await listen(front.server, options)
  const close = once(() => front.close().then(() => apollo.stop()))
  return { url: originOf(options.host, port), port, close }
}
