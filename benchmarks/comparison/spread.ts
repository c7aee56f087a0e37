/** The median of some figures, and the quartiles around it. */
export interface Spread {
  readonly low: number
  readonly median: number
  readonly high: number
}

/** How far a quartile may lie from its median, as a share of it, before there is no verdict. */
const STEADY = 0.2

/** By linear interpolation between the neighbours. Throws RangeError without figures. */
export function spreadOf(figures: readonly number[]): Spread {
  if (figures.length === 0) throw new RangeError("expected at least one figure, got none")
  const sorted = [...figures].sort((a, b) => a - b)
  const at = (share: number) => {
    const place = share * (sorted.length - 1)
    const low = sorted[Math.floor(place)] ?? Number.NaN
    const high = sorted[Math.ceil(place)] ?? Number.NaN
    return low + (high - low) * (place - Math.floor(place))
  }
  return { low: at(0.25), median: at(0.5), high: at(0.75) }
}

/** Whether the machine was quiet enough for a verdict. */
export function isSteady({ low, median, high }: Spread): boolean {
  return median - low <= STEADY * median && high - median <= STEADY * median
}
