import { Latencies } from "./latencies.js"
import type { Sent, Tries } from "./sender.js"

/** What was answered in one second of a run. */
export interface MeasuredSecond {
  /** Its number in the run. */
  readonly second: number
  readonly effective: number
  /** As `Latencies.encoded` gives them. */
  readonly latencies: string
}

/** The figures of a run as plain data, so that those of several processes can be added up. */
export interface Measured {
  /** In milliseconds since 1970. */
  readonly beganAt: number
  readonly endedAt: number
  readonly effective: number
  readonly replayed: number
  readonly retries: number
  readonly refusals: Readonly<Record<string, number>>
  readonly faults: Readonly<Record<string, number>>
  /** How many commands of an open loop were due and not sent; null in a closed loop. */
  readonly unsent: number | null
  readonly latencies: string
  /** In order; a second in which nothing was answered is left out. */
  readonly seconds: readonly MeasuredSecond[]
}

/** What a run sent besides what was answered. */
export interface SendingCounts extends Tries {
  readonly unsent: number | null
}

/** Counts what is answered after the warm-up. */
export class Measure {
  readonly #latencies = new Latencies()
  #effective = 0
  #replayed = 0
  #beganAt = now()
  readonly #refusals = new Map<string, number>()
  #seconds: MeasuredSecond[] = []
  #second = new Second(0)

  /** Discards all so far: the warm-up is over. */
  restart(): void {
    this.#latencies.restart()
    this.#effective = 0
    this.#replayed = 0
    this.#refusals.clear()
    this.#seconds = []
    this.#second = new Second(0)
    this.#beganAt = now()
  }

  /** The answer has just come. */
  add({ payload }: Sent, latencyMs: number): void {
    const second = Math.floor((now() - this.#beganAt) / 1000)
    if (second > this.#second.number) this.#turnTo(second)
    const isEffective = payload.refusal === null
    this.#latencies.add(latencyMs)
    this.#second.add(latencyMs, isEffective)
    if (payload.replayed) this.#replayed += 1
    if (isEffective) this.#effective += 1
    else count(this.#refusals, payload.refusal.code)
  }

  /** The figures so far; `endedAt` is now. */
  measured({ retries, faults, unsent }: SendingCounts): Measured {
    this.#turnTo(this.#second.number)
    return {
      beganAt: this.#beganAt,
      endedAt: now(),
      effective: this.#effective,
      replayed: this.#replayed,
      retries,
      refusals: Object.fromEntries(this.#refusals),
      faults: Object.fromEntries(faults),
      unsent,
      latencies: this.#latencies.encoded,
      seconds: this.#seconds,
    }
  }

  #turnTo(number: number): void {
    const { measured } = this.#second
    if (measured !== null) this.#seconds.push(measured)
    this.#second = new Second(number)
  }
}

class Second {
  readonly number: number
  readonly #latencies = new Latencies()
  #effective = 0

  constructor(number: number) {
    this.number = number
  }

  add(latencyMs: number, isEffective: boolean): void {
    this.#latencies.add(latencyMs)
    if (isEffective) this.#effective += 1
  }

  /** Null if nothing was answered. */
  get measured(): MeasuredSecond | null {
    if (this.#latencies.count === 0) return null
    return { second: this.number, effective: this.#effective, latencies: this.#latencies.encoded }
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

/** In milliseconds since 1970, by a clock that nobody sets meanwhile: several processes have the same. */
function now(): number {
  return performance.timeOrigin + performance.now()
}
