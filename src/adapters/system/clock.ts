import { randomBytes } from "node:crypto"
import type { Clock } from "../../lib/clock.js"

/**
 * The machine's clock and event loop. The time is the wall clock's at the start of the process and runs on from there:
 * when the wall clock is set back by an hour, deadlines must not come an hour later.
 */
export const systemClock: Clock = {
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  after(delayMs, call) {
    const timer = setTimeout(call, delayMs)
    return () => clearTimeout(timer)
  },
  soon(call) {
    setImmediate(call)
  },
}

const ID_BYTES = 12

/** Random bytes are fetched in bulk: one call per id would cost more than the rest of a small commit. */
let stock = Buffer.alloc(0)
let used = 0

/** A random id of 96 bits: 16 characters A-Z a-z 0-9 - _. */
export function randomId(): string {
  if (used + ID_BYTES > stock.length) {
    stock = randomBytes(ID_BYTES * 512)
    used = 0
  }
  used += ID_BYTES
  return stock.toString("base64url", used - ID_BYTES, used)
}
