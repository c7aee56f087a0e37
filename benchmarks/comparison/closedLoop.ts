import { Client } from "undici"
import { Latencies } from "../../src/load/latencies.js"

export interface Load {
  readonly url: string
  readonly connections: number
  readonly durationMs: number
  /** Of the nth request. Default: /graphql. */
  readonly path?: (n: number) => string
  /** The body of the nth request, which is a POST. Without this they are GETs. */
  readonly body?: (n: number) => string
  /** Throws if the answer is wrong. Default: GraphQL's errors are wrong. */
  readonly check?: (answer: string) => void
}

export interface Measured {
  readonly requests: number
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

/**
 * Each connection has one request in flight, and sends the next when it is answered. Throws the first error.
 */
export async function closedLoop(load: Load): Promise<Measured> {
  const { url, connections, durationMs, path = () => "/graphql", body, check = checkNoErrors } = load
  const until = performance.now() + durationMs
  const latencies = new Latencies()
  let next = 0
  const loop = async () => {
    const client = new Client(url, { pipelining: 1 })
    while (performance.now() < until) {
      const start = performance.now()
      const n = next++
      check(await answerTo(client, path(n), body?.(n)))
      latencies.add(performance.now() - start)
    }
    await client.close()
  }
  const start = performance.now()
  await Promise.all(Array.from({ length: connections }, loop))
  const seconds = (performance.now() - start) / 1000
  const requests = latencies.count
  return { requests, perSecond: requests / seconds, p50: latencies.at(50), p99: latencies.at(99) }
}

/** The answer's text. */
async function answerTo(client: Client, path: string, body: string | undefined): Promise<string> {
  const headers = { "content-type": "application/json" }
  const request = body === undefined ? { method: "GET" as const } : { method: "POST" as const, headers, body }
  const answer = await client.request({ path, ...request })
  const text = await answer.body.text()
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${text}`)
  return text
}

function checkNoErrors(answer: string): void {
  if (answer.includes('"errors"')) throw new Error(answer)
}
