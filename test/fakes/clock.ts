import type { Clock, Random } from "../../src/lib/clock.js"

/** Captured at load, so that a test that fakes timers does not stop the simulation. */
const realTurn = setImmediate

/** The default limit of a run in virtual time: an hour. */
const LIMIT_MS = 3_600_000

interface Timer {
  readonly due: number
  readonly call: () => void
}

/**
 * Virtual time for a whole simulated system. It stands still until `run` or `runUntil` move it, from one timer to the
 * next: timers go off in the order of their times, and of their creation when these are equal; all promises settle
 * before the next one. So what happens is a function of the code and its seed alone.
 */
export class FakeClock implements Clock {
  #now: number
  /** In the order in which they go off. */
  #timers: Timer[] = []

  constructor(startMs = Date.UTC(2024, 0, 1)) {
    this.#now = startMs
  }

  now(): number {
    return this.#now
  }

  /** Whole milliseconds, truncated as by `setTimeout`. */
  after(delayMs: number, call: () => void): () => void {
    const timer = { due: this.#now + Math.max(0, Math.trunc(delayMs)), call }
    this.#timers.splice(this.#placeOf(timer.due), 0, timer)
    return () => {
      const place = this.#timers.indexOf(timer)
      if (place !== -1) this.#timers.splice(place, 1)
    }
  }

  soon(call: () => void): void {
    this.after(0, call)
  }

  /** Advances time by a duration, and lets everything happen that is due until then. */
  async run(durationMs: number): Promise<void> {
    const until = this.#now + durationMs
    await settled()
    while ((this.#timers[0]?.due ?? Number.POSITIVE_INFINITY) <= until) await this.#fireNext()
    this.#now = until
  }

  /** Advances time until a condition holds. Throws when nothing more can happen, or at the limit. */
  async runUntil(condition: () => boolean, limitMs = LIMIT_MS): Promise<void> {
    const until = this.#now + limitMs
    await settled()
    while (!condition()) {
      const next = this.#timers[0]
      if (next === undefined)
        throw new Error("virtual time: the condition does not hold, and no timer is left")
      if (next.due > until) throw new Error(`virtual time: the condition did not hold within ${limitMs} ms`)
      await this.#fireNext()
    }
  }

  /** Advances time until a promise is settled, and returns its result. */
  async runFor<T>(promise: Promise<T>, limitMs = LIMIT_MS): Promise<T> {
    let isSettled = false
    const settle = () => {
      isSettled = true
    }
    promise.then(settle, settle)
    await this.runUntil(() => isSettled, limitMs)
    return promise
  }

  async #fireNext(): Promise<void> {
    const next = this.#timers.shift()
    if (next === undefined) return
    this.#now = Math.max(this.#now, next.due)
    next.call()
    await settled()
  }

  /** Inserted after all that are due at the same time or before. */
  #placeOf(due: number): number {
    let low = 0
    let high = this.#timers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#timers[middle]?.due ?? due) <= due) low = middle + 1
      else high = middle
    }
    return low
  }
}

/**
 * The clock of one simulated process: its wall clock may be wrong, it can stand still for a while (SIGSTOP) and die
 * (kill -9). What was due while it stood still happens as soon as it goes on, in order.
 */
export class ProcessClock implements Clock {
  /** How far this process's wall clock is ahead, in milliseconds. */
  skewMs = 0
  readonly #clock: Clock
  /** What became due while it stands still; null while it runs. */
  #held: (() => void)[] | null = null
  #dead = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now() + this.skewMs
  }

  after(delayMs: number, call: () => void): () => void {
    let cancelled = false
    const cancel = this.#clock.after(delayMs, () => {
      this.deliver(() => {
        if (!cancelled) call()
      })
    })
    return () => {
      cancelled = true
      cancel()
    }
  }

  soon(call: () => void): void {
    this.#clock.soon(() => this.deliver(call))
  }

  /** Something reaches the process from outside: now, when it goes on, or never. */
  deliver(call: () => void): void {
    if (this.#dead) return
    if (this.#held === null) call()
    else this.#held.push(call)
  }

  get isPaused(): boolean {
    return this.#held !== null
  }

  pause(): void {
    this.#held ??= []
  }

  resume(): void {
    const held = this.#held ?? []
    this.#held = null
    for (const call of held) this.#clock.soon(() => this.deliver(call))
  }

  kill(): void {
    this.#dead = true
    this.#held = null
  }
}

/** Numbers determined by a seed (mulberry32): good enough to draw faults, the same on every machine. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Every promise that can settle without a timer has: microtasks and `process.nextTick` come before the next turn. */
function settled(): Promise<void> {
  return new Promise(resolve => realTurn(() => resolve()))
}
