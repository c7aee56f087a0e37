import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from "hdr-histogram-js"

/** Latencies keep three significant digits. */
const DIGITS = 3

/**
 * Latencies in milliseconds, counted in an HdrHistogram of microseconds: its memory does not grow with their
 * number, and those of several processes are added up without a loss.
 */
export class Latencies {
  readonly #histogram = build({ numberOfSignificantValueDigits: DIGITS, autoResize: true })

  /** What `encoded` gave. Throws if the text is anything else. */
  static decode(text: string): Latencies {
    const latencies = new Latencies()
    latencies.#histogram.add(decodeFromCompressedBase64(text))
    return latencies
  }

  get count(): number {
    return this.#histogram.totalCount
  }

  /** Below zero counts as zero. */
  add(latencyMs: number): void {
    this.#histogram.recordValue(Math.round(Math.max(0, latencyMs) * 1000))
  }

  addAll(other: Latencies): void {
    this.#histogram.add(other.#histogram)
  }

  restart(): void {
    this.#histogram.reset()
  }

  /** The latency that this percentage did not exceed. */
  at(percentage: number): number {
    return this.count === 0 ? 0 : round(this.#histogram.getValueAtPercentile(percentage) / 1000)
  }

  get summary(): LatencySummary {
    return {
      count: this.count,
      p50: this.at(50),
      p90: this.at(90),
      p95: this.at(95),
      p99: this.at(99),
      "p99.9": this.at(99.9),
      max: this.at(100),
    }
  }

  /** As text, for another process. */
  get encoded(): string {
    return encodeIntoCompressedBase64(this.#histogram)
  }
}

/** In milliseconds. */
export interface LatencySummary {
  readonly count: number
  readonly p50: number
  readonly p90: number
  readonly p95: number
  readonly p99: number
  readonly "p99.9": number
  readonly max: number
}

export function round(value: number): number {
  return Math.round(value * 100) / 100
}
