import type { Action, Add } from "../../../src/lake/delta/actions.js"
import type { FakeFolders } from "../../fakes/lakeFolders.js"
import { commitPath, rowsOf, type TableVersion, versionsOf } from "../../lander/support/deltaLog.js"

/** A realm that nobody here lands. */
export const FOREIGN_REALM = 99

/** What other programs do to the table, in one step. */
export class Foreign {
  readonly #folders: FakeFolders
  readonly #onCommit: (path: string) => void
  #files = 0

  constructor(folders: FakeFolders, onCommit: (path: string) => void) {
    this.#folders = folders
    this.#onCommit = onCommit
  }

  /** Adds a file with somebody else's row and column. */
  append(): void {
    const last = versionsOf(this.#folders).at(-1)
    if (last === undefined) return
    const row = { realm: FOREIGN_REALM, log_offset: 0, event_index: this.#files }
    const add = this.#write("2024-01-01", [row])
    this.#commit(last, [{ add }])
  }

  /** Rewrites the files of one day as one. */
  optimize(pick: number): void {
    const last = versionsOf(this.#folders).at(-1)
    const files = [...(last?.files.values() ?? [])]
    const day = files[pick % Math.max(1, files.length)]?.partitionValues.dt
    if (last === undefined || typeof day !== "string") return
    const old = files.filter(({ partitionValues }) => partitionValues.dt === day)
    const chosen = { ...last, files: new Map(old.map(add => [add.path, add])) }
    const add = this.#write(day, rowsOf(this.#folders, chosen))
    const removes = old.map(({ path }) => ({ remove: { path, deletionTimestamp: 0, dataChange: false } }))
    this.#commit(last, [...removes, { add: { ...add, dataChange: false } }])
  }

  #write(day: string, rows: readonly Readonly<Record<string, unknown>>[]): Add {
    this.#files += 1
    const path = `dt=${day}/part-${this.#files}.parquet`
    const names = [...new Set(rows.flatMap(row => Object.keys(row)))]
    const lines = rows.map(row => names.map(name => row[name] ?? null))
    const bytes = Buffer.from(JSON.stringify({ names, lines }))
    this.#folders.write(`events/${path}`, bytes)
    const partitionValues = { dt: day }
    return { path, partitionValues, size: bytes.length, modificationTime: 0, dataChange: true }
  }

  #commit({ version }: TableVersion, actions: readonly Action[]): void {
    const lines = [{ commitInfo: { timestamp: 0, operation: "WRITE" } }, ...actions]
    const path = commitPath(version + 1)
    this.#folders.write(path, Buffer.from(lines.map(line => `${JSON.stringify(line)}\n`).join("")))
    this.#onCommit(path)
  }
}
