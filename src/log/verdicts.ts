import type { Judged } from "./judged.js"

/** How many records got each verdict. */
export type Verdicts = Record<Judged["verdict"], number>

export function noVerdicts(): Verdicts {
  return { effective: 0, superseded: 0, expired: 0, premature: 0, genesis: 0, dead: 0 }
}
