import { isFault } from "../ports/faults.js"
import type { Findings } from "./findings.js"
import type { LakeFiles } from "./lakeFiles.js"
import type { LakeRows, Strays } from "./lakeRows.js"

/** How many files are searched, in total, for those that hold a wrong row. */
const LOOKUPS_MAX = 1000

/** Finds the files of damaged, duplicated and misplaced rows, where the engine can read one file alone. */
export class LakeSearch {
  readonly #files: LakeFiles
  readonly #rows: LakeRows
  readonly #findings: Findings
  readonly #canNameFiles: boolean
  #lookups = 0

  constructor(files: LakeFiles, rows: LakeRows, findings: Findings) {
    this.#files = files
    this.#rows = rows
    this.#findings = findings
    this.#canNameFiles = rows.canNameFiles(files.whole)
  }

  /** Asks the engine. A file that cannot be read is reported, and left out from then on. Throws when the engine fails. */
  async reading<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask()
      } catch (error) {
        if (!isFault(error) || error.code === "LIMIT_EXCEEDED") throw error
        if (!this.#canNameFiles || !(await this.#findDamaged())) throw error
      }
    }
  }

  /** Which files hold the copies of a row, as the end of a message; searches first where the row should be. */
  async filesWith(offset: number, index: number, copies: number): Promise<string> {
    if (!this.#canNameFiles) return ""
    const likely = this.#files.of(offset, offset + 1)
    const others = this.#files.whole.filter(file => !likely.includes(file))
    const having: string[] = []
    let found = 0
    for (const file of [...likely, ...others]) {
      if (found >= copies || this.#lookups >= LOOKUPS_MAX) break
      this.#lookups += 1
      const count = await this.#rows.count(file, offset, index)
      found += count
      if (count > 0) having.push(file.path)
    }
    return having.length === 0 ? "" : `, in ${having.join(" and ")}`
  }

  /** Finds rows that were in no chunk: they have no offset, or one up to which nothing has landed. */
  async findStrays(): Promise<void> {
    const all = await this.reading(() => this.#rows.strays(this.#files.whole))
    if (!this.#canNameFiles) return this.#stray("lake", all)
    for (const file of all.count === 0 ? [] : this.#files.whole) {
      this.#stray(file.path, await this.#rows.strays([file]))
    }
  }

  /** Finds rows in a file of other offsets: no chunk has looked for them there. */
  async findMisplaced(): Promise<void> {
    for (const file of this.#canNameFiles ? this.#files.whole : []) {
      if (file.offsets === null) continue
      const count = await this.#rows.outside(file, file.offsets)
      if (count === 0) continue
      const { start, end } = file.offsets
      const expected = `offsets ${start} to ${end}`
      const found = `${count} rows of other offsets`
      this.#findings.add({ kind: "lake-file", subject: file.path, field: "rows", expected, found })
    }
  }

  async #findDamaged(): Promise<boolean> {
    const before = this.#files.damaged.length
    for (const file of this.#files.whole) {
      const damage = await this.#rows.damageOf(file)
      if (damage !== null) this.#files.damage(file, "content", "Parquet that can be read", damage)
    }
    return this.#files.damaged.length > before
  }

  #stray(subject: string, { count, first }: Strays): void {
    if (first === null) return
    const place = `${first.realm ?? "no realm"}, offset ${first.log_offset ?? "none"}`
    const found = `${count} rows without an event, the first of realm ${place}`
    const expected = "rows that a lander made"
    this.#findings.add({ kind: "lake-file", subject, field: "rows", expected, found })
  }
}
