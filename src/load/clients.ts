import { type GraphqlAsker, GraphqlClient } from "../client/graphqlClient.js"
import { OPERATIONS_PER_SOCKET_MAX, SOCKETS_MAX, SocketClient } from "../client/socketClient.js"
import type { RunOptions } from "./options.js"

/** The clients of a run, one for each address, at least one; what serves both purposes is the same client. */
export interface LoadClients {
  readonly reading: readonly GraphqlAsker[]
  /** For mutations. */
  readonly mutating: readonly GraphqlAsker[]
  close(): Promise<void>
}

type ClientOptions = Pick<RunOptions, "concurrency" | "transport" | "subscribers" | "process">

export function openClients(urls: readonly string[], options: ClientOptions): LoadClients {
  const { concurrency, transport } = options
  const reading = urls.map(url => new GraphqlClient(url, concurrency))
  const sockets = transport === "websocket" ? urls.map(url => new SocketClient(url, socketsMax(options))) : []
  return {
    reading,
    mutating: transport === "websocket" ? sockets : reading,
    async close() {
      await Promise.all([...reading, ...sockets].map(client => client.close()))
    },
  }
}

/**
 * How many mutations a process may have in flight over WebSockets. After a failover one server has the sockets
 * of all processes and of all subscribers.
 */
export function inFlightMax(options: Omit<ClientOptions, "concurrency" | "transport">): number {
  return socketsMax(options) * OPERATIONS_PER_SOCKET_MAX
}

function socketsMax({ subscribers, process }: Pick<ClientOptions, "subscribers" | "process">): number {
  const free = SOCKETS_MAX - Math.ceil(subscribers / OPERATIONS_PER_SOCKET_MAX)
  return Math.floor(free / (process?.of ?? 1))
}
