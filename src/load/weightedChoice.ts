/**
 * Chooses an index with a probability proportional to its weight, by inverting the cumulative distribution
 * (L. Devroye, Non-Uniform Random Variate Generation, 1986, section III.2). That is exact for any weights, and
 * takes a binary search in a table of 8 bytes an index. Rejection-inversion, which needs no table, would be
 * right only for the weights of the Zipf law as a whole, not for the part of it that one process has.
 */
export class WeightedChoice {
  /** The sum of the weights up to and including each index. */
  readonly #sums: Float64Array

  /** At least one weight; none is negative, and one is above 0. */
  constructor(weights: readonly number[]) {
    let sum = 0
    this.#sums = Float64Array.from(weights, weight => {
      sum += weight
      return sum
    })
  }

  /** The index for a random number in [0, 1). */
  pick(at: number): number {
    const wanted = at * (this.#sums.at(-1) ?? 0)
    let low = 0
    let high = this.#sums.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#sums[middle] ?? 0) > wanted) high = middle
      else low = middle + 1
    }
    return low
  }
}
