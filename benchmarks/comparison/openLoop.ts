import { Pool } from "undici"
import { OpenLoop } from "../../src/load/pace.js"
import { Stop } from "../../src/load/stop.js"

/** How many requests are in flight at most. */
const CONNECTIONS = 128

export interface Paced {
  readonly url: string
  readonly perSecond: number
  readonly durationMs: number
  /** The body of the nth request. */
  readonly body: (n: number) => string
  /** When the request was due, and when its answer came, by `performance.now()`. */
  readonly answered: (text: string, due: number, at: number) => void
}

/**
 * Sends requests at a fixed rate, whether earlier ones are answered or not; each counts from when it was due.
 * Resolves once all are answered. Throws if one fails, or the server does not keep up.
 */
export async function openLoop({ url, perSecond, durationMs, body, answered }: Paced): Promise<void> {
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 })
  const headers = { "content-type": "application/json" }
  const pace = new OpenLoop({ count: Number.POSITIVE_INFINITY, durationMs, stop: new Stop() }, perSecond)
  let next = 0
  const caller = async () => {
    for (let due = await pace.next(); due !== null; due = await pace.next()) {
      const answer = await pool.request({ path: pathname, method: "POST", headers, body: body(next++) })
      const text = await answer.body.text()
      if (answer.statusCode !== 200 || text.includes('"errors"'))
        throw new Error(`${answer.statusCode}: ${text}`)
      answered(text, due, performance.now())
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, caller))
  await pool.close()
  if (pace.unsent > 0) throw new Error(`the server does not keep up with ${perSecond} per second`)
}
