import type { Cut } from "../history/parts.js"
import type { Game } from "./game.js"
import { positionText } from "./position.js"
import type { ReportCut } from "./types/reports.js"

/** The cut of a report as clients see it: its offsets as positions of this log. */
export function namedCut({ tail }: Pick<Game, "tail">, cut: Cut): ReportCut {
  const { logId } = tail.genesis
  const position = (offset: number) => positionText(logId, offset)
  return {
    landedThrough: position(cut.landedThrough),
    through: position(cut.through),
    live: cut.live,
  }
}
