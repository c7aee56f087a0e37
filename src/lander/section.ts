import type { Part, Value } from "../ports/parquet.js"
import type { Row, RowType } from "./rows.js"

/** Rows of one event type in the order of the log, column by column. */
export class Section {
  readonly type: RowType
  readonly #columns: readonly Value[][]

  constructor(type: RowType) {
    this.type = type
    this.#columns = type.columns.map(() => [])
  }

  get rows(): number {
    return this.#columns[0]?.length ?? 0
  }

  add({ values }: Row): void {
    for (const [c, column] of this.#columns.entries()) column.push(values[c] ?? null)
  }

  /** Its rows sorted by player and place (R34). */
  part(): Part {
    const values = new Map(this.type.columns.map((name, c) => [name, this.#columns[c] ?? []]))
    return { values, order: byPlayer(values.get("player") ?? []) }
  }
}

/** A player's rows already are in the order of their places: it is the players that are sorted, not the rows. */
function byPlayer(players: readonly Value[]): number[] {
  const rowsOf = new Map<Value, number[]>()
  for (const [row, player] of players.entries()) {
    const rows = rowsOf.get(player)
    if (rows === undefined) rowsOf.set(player, [row])
    else rows.push(row)
  }
  return [...rowsOf.keys()].sort().flatMap(player => rowsOf.get(player) ?? [])
}
