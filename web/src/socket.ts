import { type Client, createClient } from "graphql-ws"
import { socketUrl } from "./address.js"
import { connection } from "./connection.js"

/** The longest wait before a reconnect, in milliseconds; the first ones wait less. */
const RETRY_WAIT_MAX_MS = 5000
const RETRY_WAIT_FIRST_MS = 250

/** How many tries in a row; with the longest wait they take about an hour and a half. */
const RETRIES_MAX = 1000

/** A socket that does not answer a ping in time is dead, whatever the system thinks of it. */
const PING_EVERY_MS = 5000
const PONG_WITHIN_MS = 3000

/** The code with which a socket that is no longer needed is closed. */
const NORMAL_CLOSURE = 1000

let waitingForPong: ReturnType<typeof setTimeout> | undefined

/** One socket for all subscriptions of the page, open while there are any. It reconnects by itself. */
export const client: Client = createClient({
  url: socketUrl(location),
  retryAttempts: RETRIES_MAX,
  retryWait: tries => wait(Math.min(RETRY_WAIT_FIRST_MS * 2 ** tries, RETRY_WAIT_MAX_MS)),
  shouldRetry: () => true,
  keepAlive: PING_EVERY_MS,
  on: {
    ping(received) {
      if (received) return
      waitingForPong = setTimeout(() => client.terminate(), PONG_WITHIN_MS)
    },
    pong(received) {
      if (received) clearTimeout(waitingForPong)
    },
    connected() {
      connection.isLost = false
    },
    closed(event) {
      clearTimeout(waitingForPong)
      connection.isLost = !(event instanceof CloseEvent && event.code === NORMAL_CLOSURE)
    },
  },
})

/** Waits up to half as long again, so that not all pages reconnect at once. */
function wait(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms * (1 + Math.random() / 2)))
}
