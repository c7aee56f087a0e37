import type { Sent, Tries } from "./sender.js"

/** The figures of a run. Latencies are in milliseconds, from the first request to the definite answer. */
export interface LoadReport {
  readonly seconds: number
  readonly effective: number
  readonly effectivePerSecond: number
  readonly refused: number
  readonly refusals: Readonly<Record<string, number>>
  readonly latencyMs: {
    readonly p50: number
    readonly p95: number
    readonly p99: number
    readonly max: number
  }
  readonly retries: number
  readonly replayed: number
  readonly faults: Readonly<Record<string, number>>
}

/** Counts what is answered after the warm-up. */
export class Measure {
  #latencies: number[] = []
  #effective = 0
  #replayed = 0
  #begin = performance.now()
  readonly #refusals = new Map<string, number>()

  /** Discards all so far: the warm-up is over. */
  restart(): void {
    this.#latencies = []
    this.#effective = 0
    this.#replayed = 0
    this.#refusals.clear()
    this.#begin = performance.now()
  }

  add({ payload }: Sent, latencyMs: number): void {
    this.#latencies.push(latencyMs)
    if (payload.replayed) this.#replayed += 1
    if (payload.refusal === null) this.#effective += 1
    else this.#refusals.set(payload.refusal.code, (this.#refusals.get(payload.refusal.code) ?? 0) + 1)
  }

  report({ retries, faults }: Tries): LoadReport {
    const seconds = (performance.now() - this.#begin) / 1000
    const sorted = Float64Array.from(this.#latencies).sort()
    const at = (share: number) =>
      round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
    return {
      seconds: round(seconds),
      effective: this.#effective,
      effectivePerSecond: Math.round(this.#effective / seconds),
      refused: sorted.length - this.#effective,
      refusals: Object.fromEntries(this.#refusals),
      latencyMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) },
      retries,
      replayed: this.#replayed,
      faults: Object.fromEntries(faults),
    }
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
