import type { CheckpointFiles } from "../../ports/checkpointFiles.js"
import { Fault } from "../../ports/faults.js"
import type { Lake } from "../../ports/lake.js"
import { type Action, decodeActions, encodeActions, READER_VERSION, WRITER_VERSION } from "./actions.js"
import { Snapshot } from "./snapshot.js"

/** A checkpoint after so many commits: a reader then reads at most so many small files (2 to 3 ms each in Presto). */
const CHECKPOINT_EVERY = 20

/** A commit as it was read. */
export interface ReadCommit {
  readonly version: number
  readonly actions: readonly Action[]
}

/** Tells the place of what cannot be read. */
function corrupt(path: string, error: unknown): Fault {
  return new Fault("LAKE_CORRUPT", `lake: ${path} cannot be read: ${String(error)}`, { cause: error })
}

/**
 * One Delta table of the lake, and its snapshot as far as this process has read it. A commit is published by creating
 * the file of the next version: of rivals one wins.
 */
export class DeltaTable {
  /** Relative to the lake's root. */
  readonly folder: string
  readonly snapshot = new Snapshot()
  readonly #lake: Lake
  readonly #checkpoints: CheckpointFiles

  constructor(lake: Lake, checkpoints: CheckpointFiles, folder: string) {
    this.#lake = lake
    this.#checkpoints = checkpoints
    this.folder = folder
  }

  /**
   * Reads what was committed since the last time; answers these commits (none of those that a checkpoint covers).
   * Throws HISTORY_UNAVAILABLE, LAKE_CORRUPT, and NEEDS_NEWER_BUILD for a protocol that this build does not know.
   */
  async refresh(): Promise<readonly ReadCommit[]> {
    if (this.snapshot.version === -1) await this.#readCheckpoint()
    const commits: ReadCommit[] = []
    for (;;) {
      const version = this.snapshot.version + 1
      const path = this.#commitPath(version)
      const bytes = await this.#lake.read(path)
      if (bytes === null) return commits
      const actions = this.#decoded(path, bytes)
      this.snapshot.apply(version, actions)
      this.#assertKnown()
      commits.push({ version, actions })
    }
  }

  /**
   * Publishes a commit as the version after the snapshot's. False when that version is taken: `refresh` tells by whom.
   * Throws HISTORY_UNAVAILABLE; then it may have been published.
   */
  async publish(actions: readonly Action[]): Promise<boolean> {
    const version = this.snapshot.version + 1
    const created = await this.#lake.putIfAbsent(this.#commitPath(version), encodeActions(actions))
    if (created) this.snapshot.apply(version, actions)
    return created
  }

  /** Whether a checkpoint is due at the snapshot's version. */
  get checkpointDue(): boolean {
    return this.snapshot.version > 0 && this.snapshot.version % CHECKPOINT_EVERY === 0
  }

  /** Writes a checkpoint of the snapshot. Repeatable. Throws HISTORY_UNAVAILABLE. */
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

  async #readCheckpoint(): Promise<void> {
    const last = await this.#lake.read(this.#lastCheckpointPath)
    if (last === null) return
    const version = versionOf(last)
    // A pointer that cannot be read costs only time: the commits are all there.
    if (version === null) return
    const path = this.#checkpointPath(version)
    const bytes = await this.#lake.read(path)
    if (bytes === null) return
    try {
      this.snapshot.apply(version, (await this.#checkpoints.decode(bytes)) as readonly Action[])
    } catch (error) {
      throw corrupt(path, error)
    }
    this.#assertKnown()
  }

  #decoded(path: string, bytes: Uint8Array): readonly Action[] {
    try {
      return decodeActions(bytes)
    } catch (error) {
      throw corrupt(path, error)
    }
  }

  #assertKnown(): void {
    const { protocol } = this.snapshot
    if (protocol === null) return
    const { minReaderVersion, minWriterVersion } = protocol
    if (minReaderVersion <= READER_VERSION && minWriterVersion <= WRITER_VERSION) return
    const needs = `reader ${minReaderVersion} and writer ${minWriterVersion}`
    const known = `reader ${READER_VERSION} and writer ${WRITER_VERSION}`
    throw new Fault(
      "NEEDS_NEWER_BUILD",
      `lake: the table ${this.folder} needs ${needs} of the Delta protocol, this build knows ${known}`,
    )
  }

  #commitPath(version: number): string {
    return `${this.folder}/_delta_log/${String(version).padStart(20, "0")}.json`
  }

  #checkpointPath(version: number): string {
    return `${this.folder}/_delta_log/${String(version).padStart(20, "0")}.checkpoint.parquet`
  }

  get #lastCheckpointPath(): string {
    return `${this.folder}/_delta_log/_last_checkpoint`
  }
}

function versionOf(bytes: Uint8Array): number | null {
  try {
    const { version } = JSON.parse(Buffer.from(bytes).toString("utf8")) as { readonly version?: unknown }
    return Number.isSafeInteger(version) ? (version as number) : null
  } catch {
    return null
  }
}
