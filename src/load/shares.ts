/** The players of one generator process. */
export interface Share {
  /** Their indexes among all players of the run, ascending. */
  readonly players: readonly number[]
  /** How often each is chosen, relative to the others. */
  readonly weights: readonly number[]
  /** The part of all commands that falls to them; the shares of a run add up to 1. */
  readonly part: number
}

/**
 * Deals the players out to processes so that their parts of the commands are as even as may be: each player,
 * the most frequent first, goes to the process with the least so far. A process sends its part of the commands,
 * so each player is chosen as often as by one process alone. `exponent` is that of the Zipf law; 0 is uniform.
 */
export function sharesOf(players: number, exponent: number, processes: number): readonly Share[] {
  const shares = Array.from({ length: processes }, () => ({ players: [], weights: [], sum: 0 }) as Dealt)
  let total = 0
  for (let player = 0; player < players; player++) {
    // Zipf's law: the player of rank k has the weight 1 / k^s.
    const weight = (player + 1) ** -exponent
    total += weight
    const least = shares.reduce((one, other) => (other.sum < one.sum ? other : one))
    least.players.push(player)
    least.weights.push(weight)
    least.sum += weight
  }
  return shares.map(({ sum, ...share }) => ({ ...share, part: sum / total }))
}

interface Dealt {
  readonly players: number[]
  readonly weights: number[]
  sum: number
}

/** Divides a whole number by the parts, which add up to 1: the sum stays, and none is more than 1 off. */
export function divide(count: number, parts: readonly number[]): number[] {
  let given = 0
  let due = 0
  return parts.map((part, i) => {
    due += count * part
    const mine = i === parts.length - 1 ? count - given : Math.round(due) - given
    given += mine
    return mine
  })
}
