import { setImmediate as immediate } from "node:timers/promises"
import type { Row, RowType } from "../lake/rows.js"
import type { RowBlock, Value } from "../ports/parquet.js"
import { rowsByPlayer, type Turn } from "./slicedSort.js"

/** Rows of one event type in the order of the log, column by column. */
export class TypeRows {
  readonly type: RowType
  readonly #columns: readonly Value[][]
  /** How many nulls each column has, counted as rows arrive: a pass over them at the end would block the process. */
  readonly #nulls: number[]

  constructor(type: RowType) {
    this.type = type
    this.#columns = type.columns.map(() => [])
    this.#nulls = type.columns.map(() => 0)
  }

  get rows(): number {
    return this.#columns[0]?.length ?? 0
  }

  /** The number of nulls in a column of the table; a column that its events do not have is null in every row. */
  nullsIn(column: string): number {
    return this.#nulls[this.type.columns.indexOf(column)] ?? this.rows
  }

  add({ values }: Row): void {
    for (const [c, column] of this.#columns.entries()) {
      const value = values[c] ?? null
      column.push(value)
      if (value === null) this.#nulls[c] = (this.#nulls[c] ?? 0) + 1
    }
  }

  /** Its rows sorted by player and offset (R34); each player's rows are in log order already. */
  async block(turn: Turn = immediate): Promise<RowBlock> {
    const values = new Map(this.type.columns.map((name, c) => [name, this.#columns[c] ?? []]))
    return { values, order: await rowsByPlayer((values.get("player") ?? []).map(String), turn) }
  }
}
