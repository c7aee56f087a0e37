export const CONSUMER_STATES = ["active", "standby", "failed", "stopped"] as const

export type ConsumerState = (typeof CONSUMER_STATES)[number]

const MOVES: Readonly<Record<ConsumerState, readonly ConsumerState[]>> = {
  active: ["standby", "failed", "stopped"],
  standby: ["active", "failed", "stopped"],
  failed: [],
  stopped: [],
}

/** The state after a move. Throws an Error when it is not legal: that is a bug. */
export function moved(from: ConsumerState, to: ConsumerState): ConsumerState {
  if (MOVES[from].includes(to)) return to
  throw new Error(`consumer: no move from ${from} to ${to}`)
}
