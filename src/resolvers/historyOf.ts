import { Fault } from "../ports/faults.js"
import type { Game } from "./game.js"

/** Throws HISTORY_UNAVAILABLE if this process has no history engine. */
export function historyOf({ history }: Pick<Game, "history">): NonNullable<Game["history"]> {
  if (history !== null) return history
  throw new Fault("HISTORY_UNAVAILABLE", "this process has no history engine")
}
