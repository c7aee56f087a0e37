/** Steps of a histogram between a latency and its double: figures are at most 1/32 too large. */
const STEPS = 32

/** The finest resolution, in milliseconds. */
const UNIT_MS = 0.01

/** Latencies in milliseconds, counted in a histogram: its memory does not grow with their number. */
export class Latencies {
  #counts: number[] = []
  #count = 0
  #maxMs = 0

  get count(): number {
    return this.#count
  }

  /** Below zero counts as zero. */
  add(latencyMs: number): void {
    const step = Math.floor(Math.log2(1 + Math.max(0, latencyMs) / UNIT_MS) * STEPS)
    this.#counts[step] = (this.#counts[step] ?? 0) + 1
    this.#count += 1
    this.#maxMs = Math.max(this.#maxMs, latencyMs)
  }

  restart(): void {
    this.#counts = []
    this.#count = 0
    this.#maxMs = 0
  }

  /** The latency that this share did not exceed, to the precision of one step. */
  at(share: number): number {
    const wanted = share * this.#count
    let seen = 0
    for (const [step, count = 0] of this.#counts.entries()) {
      seen += count
      if (seen >= wanted && seen > 0) {
        const upperMs = (2 ** ((step + 1) / STEPS) - 1) * UNIT_MS
        return round(Math.min(this.#maxMs, upperMs))
      }
    }
    return 0
  }

  get summary(): LatencySummary {
    return {
      count: this.#count,
      p50: this.at(0.5),
      p95: this.at(0.95),
      p99: this.at(0.99),
      max: round(this.#maxMs),
    }
  }
}

/** In milliseconds. */
export interface LatencySummary {
  readonly count: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
