import type { ServerResponse } from "node:http"
import { type Metric, type Sample, samplesOf } from "../lib/metrics.js"
import type { Executor } from "./executor.js"
import type { WebSockets } from "./webSockets.js"

/** By the first digit of the status; the first one: the client went away before there was an answer. */
const CLASSES = ["aborted", "1xx", "2xx", "3xx", "4xx", "5xx"] as const

/** Requests by the class of their answer's status. */
export class StatusCounts {
  readonly #counts: number[] = CLASSES.map(() => 0)

  add({ headersSent, statusCode }: ServerResponse): void {
    const place = headersSent ? Math.floor(statusCode / 100) : 0
    this.#counts[place] = (this.#counts[place] ?? 0) + 1
  }

  samples(): Sample[] {
    return CLASSES.map((name, i) => ({ labels: { class: name }, value: this.#counts[i] ?? 0 }))
  }
}

export interface ServerParts {
  readonly statuses: StatusCounts
  readonly executor: Executor
  readonly webSockets: WebSockets
  /** Connections that are open, and HTTP requests on their way. */
  readonly connections: () => number
  readonly requestsOpen: () => number
}

/** What operators are told of the server itself. */
export function serverMetrics(parts: ServerParts): Metric[] {
  return [...ofHttp(parts), ...ofGraphql(parts.executor)]
}

function ofHttp({ statuses, webSockets, connections, requestsOpen }: ServerParts): Metric[] {
  return [
    {
      name: "guildhall_http_requests_total",
      help: "HTTP requests by the class of their answer's status; aborted: the client left before.",
      type: "counter",
      labelNames: ["class"],
      read: () => statuses.samples(),
    },
    {
      name: "guildhall_http_requests_open",
      help: "HTTP requests that are not answered yet.",
      type: "gauge",
      read: requestsOpen,
    },
    {
      name: "guildhall_connections",
      help: "Connections that are open, WebSockets included.",
      type: "gauge",
      read: connections,
    },
    {
      name: "guildhall_websockets",
      help: "WebSockets that are open.",
      type: "gauge",
      read: () => webSockets.size,
    },
  ]
}

function ofGraphql({ counts }: Executor): Metric[] {
  return [
    {
      name: "guildhall_graphql_operations_total",
      help: "GraphQL operations that were begun, over HTTP and WebSocket, by kind.",
      type: "counter",
      labelNames: ["kind"],
      read: () => samplesOf("kind", counts.operations),
    },
    {
      name: "guildhall_graphql_errors_total",
      help: "Errors of GraphQL fields by code, as clients got them.",
      type: "counter",
      labelNames: ["code"],
      read: () => [...counts.errors].map(([code, value]) => ({ labels: { code }, value })),
    },
  ]
}
