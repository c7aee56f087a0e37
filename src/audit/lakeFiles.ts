import { PARTITION_COLUMN } from "../lake/columns.js"
import { EVENTS_FOLDER } from "../lake/realmTable.js"
import { isFault } from "../ports/faults.js"
import type { Lake } from "../ports/lake.js"
import type { Findings } from "./findings.js"
import type { LakeDataFile } from "./lakeTable.js"

/** Sorts the table's files into those that can be read and those that cannot, each of which is reported once. */
export class LakeFiles {
  readonly #findings: Findings
  #whole: readonly LakeDataFile[]
  readonly #damaged: LakeDataFile[] = []

  constructor(files: readonly LakeDataFile[], findings: Findings) {
    this.#whole = files
    this.#findings = findings
  }

  get whole(): readonly LakeDataFile[] {
    return this.#whole
  }

  get damaged(): readonly LakeDataFile[] {
    return this.#damaged
  }

  /** The files that can hold rows of these offsets. */
  of(start: number, end: number): readonly LakeDataFile[] {
    return this.#whole.filter(
      ({ offsets }) => offsets === null || (offsets.start < end && start < offsets.end),
    )
  }

  /** Whether a row may be in a file that cannot be read: then it cannot be checked. */
  isLost(offset: number, day: string): boolean {
    return this.#damaged.some(
      file =>
        file.day === day &&
        file.offsets !== null &&
        file.offsets.start <= offset &&
        offset < file.offsets.end,
    )
  }

  damage(file: LakeDataFile, field: string, expected: unknown, found: unknown): void {
    this.#whole = this.#whole.filter(other => other !== file)
    this.#damaged.push(file)
    this.#findings.add({ kind: "lake-file", subject: file.path, field, expected, found })
  }

  /**
   * Checks that every file exists and has the length that the table's log states, and that a lander's file is in the
   * folder of its day. Throws what the lake throws.
   */
  async check(lake: Lake): Promise<void> {
    const lengths = new Map<string, ReadonlyMap<string, number>>()
    for (const file of this.#whole) {
      const [folder, name] = placeOf(file)
      const listed = lengths.get(folder) ?? (await lengthsIn(lake, folder))
      lengths.set(folder, listed)
      const found = listed.get(name)
      if (found === undefined) this.damage(file, "", "there", "missing")
      else if (found !== file.bytes) this.damage(file, "length", file.bytes, found)
      else if (!isInPlace(file)) this.damage(file, "folder", `${PARTITION_COLUMN}=${file.day}`, folder)
    }
  }
}

/** Files of other programs may be in any folder. */
function isInPlace({ path, day, offsets }: LakeDataFile): boolean {
  return offsets === null || path.startsWith(`${PARTITION_COLUMN}=${day}/`)
}

/** A file's folder and name in the lake. */
function placeOf({ path }: LakeDataFile): readonly [folder: string, name: string] {
  const plain = `${EVENTS_FOLDER}/${path}`
  const slash = plain.lastIndexOf("/")
  return [plain.slice(0, slash), plain.slice(slash + 1)]
}

/** Bytes by file name; empty for a folder that cannot be one of the lake's. */
async function lengthsIn(lake: Lake, folder: string): Promise<ReadonlyMap<string, number>> {
  try {
    return new Map((await lake.list(folder)).map(({ name, bytes }) => [name, bytes]))
  } catch (error) {
    if (isFault(error)) throw error
    return new Map()
  }
}
