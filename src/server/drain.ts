import type { Server } from "node:http"

/** For how long, before it stops accepting, the server asks clients to leave the connections they use. */
const NOTICE_MS = 250

/** How often connections that have become idle are closed. */
const SWEEP_MS = 20

/**
 * Ends a server without cutting anybody off. From now on its answers say `connection: close` (the caller sees
 * to that); it stops accepting; open requests have `withinMs` to finish; then all connections are closed.
 */
export async function drain(
  server: Server,
  connections: () => number,
  cut: () => void,
  withinMs: number,
): Promise<void> {
  await until(() => connections() === 0, NOTICE_MS)
  const closed = new Promise<void>(resolve => {
    server.close(() => resolve())
  })
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
  const end = setTimeout(cut, withinMs)
  await closed
  clearInterval(sweep)
  clearTimeout(end)
}

function until(condition: () => boolean, withinMs: number): Promise<void> {
  const start = Date.now()
  return new Promise(resolve => {
    const look = () => {
      if (condition() || Date.now() - start >= withinMs) resolve()
      else setTimeout(look, SWEEP_MS)
    }
    look()
  })
}
