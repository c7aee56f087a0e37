import { randomBytes } from "node:crypto"
import type { Clock } from "../../ports/clock.js"

/** The machine's clock and event loop. */
export const systemClock: Clock = {
  now: Date.now,
  after(delayMs, call) {
    const timer = setTimeout(call, delayMs)
    return () => clearTimeout(timer)
  },
  soon(call) {
    setImmediate(call)
  },
}

/** A random id of 96 bits: 16 characters A-Z a-z 0-9 - _. */
export function randomId(): string {
  return randomBytes(12).toString("base64url")
}
