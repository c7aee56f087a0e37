import type { Server } from "node:http"

/** For so long after the drain has begun, clients that ask on a connection are told to leave it. */
const NOTICE_MS = 250

/** How often connections that have become idle are closed. */
const SWEEP_MS = 20

/**
 * Ends a server without cutting off anybody: its answers say `connection: close` from now on (the caller sees to that),
 * it stops accepting, requests on their way have so long to finish, then all connections are closed.
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
