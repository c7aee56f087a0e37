import type { ServerResponse } from "node:http"
import { collectDefaultMetrics, Registry } from "prom-client"
import { counter, gauge, type Metric } from "../lib/metrics.js"
import type { Executor } from "./executor.js"
import { send } from "./respond.js"
import type { WebSockets } from "./webSockets.js"

/** By the first digit of the status; `aborted`: the client left before there was an answer. */
const CLASSES = ["aborted", "1xx", "2xx", "3xx", "4xx", "5xx"] as const

/** The metrics of the process and its runtime, in one registry: the observers of each registry stay for good. */
let ofProcess: Registry | null = null

export interface ServerParts {
  readonly executor: Executor
  readonly webSockets: WebSockets
  /** How many connections are open, and how many HTTP requests are not answered yet. */
  readonly connections: () => number
  readonly requestsOpen: () => number
}

/** What `/metrics` serves: the metrics of the server, of the process, and those that are passed. */
export class Metrics {
  readonly #requests = counter(
    "guildhall_http_requests_total",
    "HTTP requests by the class of their answer's status; aborted: the client left before it.",
    ["class"],
    CLASSES.map(name => ({ class: name })),
  )
  readonly #registry: Registry

  /** Throws if two have the same name. */
  constructor({ executor, webSockets, connections, requestsOpen }: ServerParts, given: readonly Metric[]) {
    this.#registry = registryOf([
      ...given,
      this.#requests,
      gauge("guildhall_http_requests_open", "HTTP requests that are not answered yet.", requestsOpen),
      gauge("guildhall_connections", "Connections that are open, WebSockets included.", connections),
      gauge("guildhall_websockets", "WebSockets that are open.", () => webSockets.size),
      executor.operations,
      executor.errors,
    ])
  }

  /** Counts a request that was answered, or whose client has left. */
  countRequest({ headersSent, statusCode }: ServerResponse): void {
    this.#requests.inc({ class: headersSent ? `${Math.floor(statusCode / 100)}xx` : "aborted" })
  }

  /** Answers in the text format: https://prometheus.io/docs/instrumenting/exposition_formats */
  async answer(response: ServerResponse): Promise<void> {
    send(response, 200, await this.#registry.metrics(), { "content-type": this.#registry.contentType })
  }
}

/** These metrics and those of the process. Throws if two have the same name. */
export function registryOf(metrics: readonly Metric[]): Registry {
  const registry = new Registry()
  for (const metric of metrics) registry.registerMetric(metric)
  if (ofProcess === null) {
    ofProcess = new Registry()
    collectDefaultMetrics({ register: ofProcess })
  }
  return Registry.merge([registry, ofProcess])
}
