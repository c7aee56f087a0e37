import { setImmediate as immediate } from "node:timers/promises"
import type { Part, Value } from "../ports/parquet.js"
import type { Row, RowType } from "./rows.js"
import { rowsByPlayer, type Turn } from "./slicedSort.js"

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

  /** Its rows sorted by player and place (R34): a player's rows already are in the order of their places. */
  async part(turn: Turn = immediate): Promise<Part> {
    const values = new Map(this.type.columns.map((name, c) => [name, this.#columns[c] ?? []]))
    return { values, order: await rowsByPlayer((values.get("player") ?? []).map(String), turn) }
  }
}
