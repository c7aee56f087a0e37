import { Latencies } from "./latencies.js"
import type { Measured, MeasuredSecond } from "./measure.js"

/** The figures of several generators, at least one, that ran at the same time, as those of one. */
export function mergeMeasured(all: readonly Measured[]): Measured {
  const beganAt = Math.min(...all.map(one => one.beganAt))
  const unsent = all.map(one => one.unsent).filter(one => one !== null)
  return {
    beganAt,
    endedAt: Math.max(...all.map(one => one.endedAt)),
    effective: sum(all.map(one => one.effective)),
    replayed: sum(all.map(one => one.replayed)),
    retries: sum(all.map(one => one.retries)),
    refusals: sumByName(all.map(one => one.refusals)),
    faults: sumByName(all.map(one => one.faults)),
    unsent: unsent.length === 0 ? null : sum(unsent),
    latencies: added(all.map(one => one.latencies)),
    seconds: mergeSeconds(all, beganAt),
  }
}

/** Each generator counts seconds from its own beginning, which differ by less than one as a rule. */
function mergeSeconds(all: readonly Measured[], beganAt: number): MeasuredSecond[] {
  const bySecond = new Map<number, MeasuredSecond[]>()
  for (const one of all) {
    const shift = Math.round((one.beganAt - beganAt) / 1000)
    for (const each of one.seconds) {
      const second = each.second + shift
      bySecond.set(second, [...(bySecond.get(second) ?? []), each])
    }
  }
  return [...bySecond]
    .sort(([one], [other]) => one - other)
    .map(([second, parts]) => ({
      second,
      effective: sum(parts.map(({ effective }) => effective)),
      latencies: added(parts.map(({ latencies }) => latencies)),
    }))
}

function added(encoded: readonly string[]): string {
  const total = new Latencies()
  for (const one of encoded) total.addAll(Latencies.decode(one))
  return total.encoded
}

export function sumByName(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const [name, count] of all.flatMap(one => Object.entries(one)))
    total[name] = (total[name] ?? 0) + count
  return total
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
