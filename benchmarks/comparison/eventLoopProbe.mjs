import { createServer } from "node:net"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { isMainThread } from "node:worker_threads"

// Loaded before a server's own code, by `node --import`: whoever connects to the socket EVENT_LOOP_PROBE gets the
// 99.9th percentile of the times between the turns of the event loop since the connection before, in milliseconds.

const NANOSECONDS = 1e6

if (isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const server = createServer(socket => {
    socket.on("error", () => {})
    socket.end(String(delay.percentile(99.9) / NANOSECONDS))
    delay.reset()
  })
  // A process that the server starts has the same setting, and goes without.
  server.on("error", () => {})
  server.listen(process.env.EVENT_LOOP_PROBE).unref()
}
