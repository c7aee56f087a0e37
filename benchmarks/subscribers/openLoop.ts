import { Pool } from "undici"

/** With more open requests than this the server does not keep up, and the figures mean nothing. */
const OPEN_MAX = 5000
const CONNECTIONS = 128

export interface Paced {
  readonly url: string
  readonly perSecond: number
  readonly durationMs: number
  /** The body of the nth request. */
  readonly body: (n: number) => string
  /** When the nth request was due, and when its answer came, by `performance.now()`. */
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
  const open = new Set<Promise<void>>()
  const failures: unknown[] = []
  const send = async (n: number, due: number) => {
    const answer = await pool.request({ path: pathname, method: "POST", headers, body: body(n) })
    const text = await answer.body.text()
    if (answer.statusCode !== 200 || text.includes('"errors"'))
      throw new Error(`${answer.statusCode}: ${text}`)
    answered(text, due, performance.now())
  }
  const start = performance.now()
  const count = Math.floor((perSecond * durationMs) / 1000)
  for (let n = 0; n < count && failures.length === 0; ) {
    const due = start + (n * 1000) / perSecond
    if (due > performance.now()) {
      await new Promise(resolve => setTimeout(resolve, 1))
      continue
    }
    if (open.size > OPEN_MAX) throw new Error(`the server does not keep up with ${perSecond} per second`)
    const sent: Promise<void> = send(n, due)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => open.delete(sent))
    open.add(sent)
    n += 1
  }
  await Promise.all(open)
  await pool.close()
  if (failures.length > 0) throw failures[0]
}
