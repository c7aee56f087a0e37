import type { CheckpointFiles } from "../../ports/checkpointFiles.js"
import { Fault, isFault } from "../../ports/faults.js"
import type { Lake } from "../../ports/lake.js"
import {
  type Action,
  checkedAction,
  decodeActions,
  encodeActions,
  type ProtocolAction,
  READER_VERSION,
  WRITER_VERSION,
} from "./actions.js"
import { Snapshot } from "./snapshot.js"

/** A checkpoint is due after this many commits, so a reader reads few small files (2 to 3 ms each in Presto). */
const CHECKPOINT_EVERY = 20

const COMMIT = /^(\d{20})\.json$/
const CHECKPOINT = /^(\d{20})\.checkpoint\.parquet$/

/** A commit as it was read. */
export interface ReadCommit {
  readonly version: number
  readonly actions: readonly Action[]
}

/**
 * One Delta table of the lake, and its snapshot as far as this process has read it. A commit is published by creating
 * the file of the next version: one of the rivals wins.
 */
export class DeltaTable {
  /** Relative to the lake's root. */
  readonly folder: string
  #snapshot = new Snapshot()
  readonly #lake: Lake
  readonly #checkpoints: CheckpointFiles
  /** Commits read but not yet returned: a refresh that fails leaves them for the next one. */
  readonly #unreturned: ReadCommit[] = []
  /** Whether its log was found without a gap, and continues from the snapshot. */
  #isWhole = false

  constructor(lake: Lake, checkpoints: CheckpointFiles, folder: string) {
    this.#lake = lake
    this.#checkpoints = checkpoints
    this.folder = folder
  }

  /** A new object after a refresh that restarted from a checkpoint. */
  get snapshot(): Snapshot {
    return this.#snapshot
  }

  /**
   * Reads what was committed since the last time, and returns these commits (none of those that a checkpoint covers).
   * Throws HISTORY_UNAVAILABLE, LAKE_CORRUPT, and NEEDS_NEWER_BUILD for a protocol that this build does not know.
   */
  async refresh(): Promise<readonly ReadCommit[]> {
    if (this.#isWhole) await this.#readOn()
    if (!this.#isWhole || (await this.#isCutOff())) await this.#open()
    return this.#unreturned.splice(0)
  }

  /**
   * Whether the log may have been cleaned up beyond the snapshot. Others (Spark, deltalake) delete commits that are older
   * than 30 days and covered by a checkpoint. Then the next commit is gone, as if it had never been made; but so is the
   * last known one, which shows it.
   */
  async #isCutOff(): Promise<boolean> {
    const { version } = this.#snapshot
    if (version < 0 || (await this.#lake.read(this.#commitPath(version))) !== null) return false
    this.#isWhole = false
    return true
  }

  /**
   * Reads the log from its newest checkpoint on, and checks it against the list of its files: at a missing file the log
   * would seem to end, and what comes after would be landed again. Ignores `_last_checkpoint`: a lander that woke late
   * may have set it back, to where the commits are gone.
   */
  async #open(): Promise<void> {
    const names = (await this.#lake.list(this.#logFolder)).map(({ name }) => name)
    const checkpoint = newest(names, CHECKPOINT)
    if (checkpoint > this.snapshot.version) await this.#readCheckpoint(checkpoint)
    await this.#readOn()
    const { version } = this.snapshot
    const last = newest(names, COMMIT)
    if (last > version)
      throw corrupt(this.#commitPath(version + 1), `is missing, though version ${last} exists`)
    this.#isWhole = version >= 0
  }

  async #readOn(): Promise<void> {
    for (;;) {
      const version = this.snapshot.version + 1
      const path = this.#commitPath(version)
      const bytes = await this.#lake.read(path)
      if (bytes === null) return
      const actions = decoded(path, bytes)
      this.#assertAllKnown(actions)
      this.#snapshot.apply(version, actions)
      this.#unreturned.push({ version, actions })
    }
  }

  /**
   * Publishes a commit as the version after the snapshot's. False when that version is taken, or was taken and the log
   * has been cleaned up since: `refresh` shows by whom. Throws HISTORY_UNAVAILABLE; then it may have been published.
   */
  async publish(actions: readonly Action[]): Promise<boolean> {
    const version = this.snapshot.version + 1
    const created = await this.#lake.putIfAbsent(this.#commitPath(version), encodeActions(actions))
    // Below a checkpoint, where nobody reads it, a commit has no effect and does no harm.
    if (!created || (await this.#isCutOff())) return false
    this.#snapshot.apply(version, actions)
    return true
  }

  /** Whether a checkpoint is due at the snapshot's version. */
  get checkpointDue(): boolean {
    return this.snapshot.version > 0 && this.snapshot.version % CHECKPOINT_EVERY === 0
  }

  /** Writes a checkpoint of the snapshot. Idempotent. Throws HISTORY_UNAVAILABLE. */
  async writeCheckpoint(): Promise<void> {
    const { version } = this.snapshot
    const actions = this.snapshot.actions()
    const bytes = await this.#checkpoints.encode(
      actions as readonly object[] as readonly Record<string, unknown>[],
    )
    await this.#lake.replace(this.#checkpointPath(version), bytes)
    const last = Buffer.from(JSON.stringify({ version, size: actions.length }))
    await this.#lake.replace(this.#lastCheckpointPath, last)
  }

  async #readCheckpoint(version: number): Promise<void> {
    const path = this.#checkpointPath(version)
    const bytes = await this.#lake.read(path)
    if (bytes === null) throw corrupt(path, "was just listed, but is gone")
    let actions: readonly Action[]
    try {
      const rows = await this.#checkpoints.decode(bytes)
      actions = rows.map((row, i) => checkedAction(row, `row ${i + 1}`))
    } catch (error) {
      if (isFault(error)) throw error
      throw corrupt(path, `cannot be read: ${String(error)}`, error)
    }
    this.#assertAllKnown(actions)
    // A checkpoint does not list files removed long ago, so nothing from before it is kept.
    const snapshot = new Snapshot()
    snapshot.apply(version, actions)
    this.#snapshot = snapshot
  }

  /** Checked before anything is applied: a commit that this build does not understand must have no effect here. */
  #assertAllKnown(actions: readonly Action[]): void {
    for (const { protocol } of actions) if (protocol) this.#assertKnown(protocol)
  }

  #assertKnown({ minReaderVersion, minWriterVersion }: ProtocolAction): void {
    if (minReaderVersion <= READER_VERSION && minWriterVersion <= WRITER_VERSION) return
    const needs = `reader ${minReaderVersion} and writer ${minWriterVersion}`
    const known = `reader ${READER_VERSION} and writer ${WRITER_VERSION}`
    throw new Fault(
      "NEEDS_NEWER_BUILD",
      `lake: the table ${this.folder} needs ${needs} of the Delta protocol, this build knows ${known}`,
    )
  }

  get #logFolder(): string {
    return `${this.folder}/_delta_log`
  }

  #commitPath(version: number): string {
    return `${this.#logFolder}/${String(version).padStart(20, "0")}.json`
  }

  #checkpointPath(version: number): string {
    return `${this.#logFolder}/${String(version).padStart(20, "0")}.checkpoint.parquet`
  }

  get #lastCheckpointPath(): string {
    return `${this.#logFolder}/_last_checkpoint`
  }
}

/** The newest version among names of the log, -1 for none. */
function newest(names: readonly string[], kind: RegExp): number {
  return names.reduce((most, name) => Math.max(most, Number(kind.exec(name)?.[1] ?? -1)), -1)
}

function decoded(path: string, bytes: Uint8Array): readonly Action[] {
  try {
    return decodeActions(bytes)
  } catch (error) {
    throw corrupt(path, `cannot be read: ${String(error)}`, error)
  }
}

/** The message names the damaged file. */
function corrupt(path: string, problem: string, cause?: unknown): Fault {
  return new Fault("LAKE_CORRUPT", `lake: ${path} ${problem}`, { cause })
}
