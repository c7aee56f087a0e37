import { setTimeout as lasting } from "node:timers/promises"
import type { Database } from "lmdb"
import { within } from "../../lib/deadline.js"
import { Fault } from "../../ports/faults.js"
import type { StalledReader } from "../../ports/stalledReaders.js"
import type {
  Board,
  Checkpoint,
  ListAnswer,
  TopAnswer,
  ViewAnswer,
  ViewList,
  ViewRequest,
  ViewStore,
  ViewsOf,
  ViewWrites,
} from "../../ports/viewStore.js"
import {
  assertSwap,
  CheckpointReader,
  foldVersionOf,
  isSameCheckpoint,
} from "../../projections/checkpointText.js"
import { assertScores } from "../../projections/scores.js"
import type { LmdbEnvironment } from "./environment.js"
import { clearSome, makeLive, swapInTransaction } from "./swapWrites.js"
import { openViewFolder, type ViewFolder, type ViewFolderOptions } from "./viewFolder.js"
import {
  below,
  bucketPrefixes,
  checkpointKey,
  documentPrefix,
  generationPrefix,
  listPrefix,
  liveKey,
  liveKeys,
  parseRank,
  rankPrefix,
} from "./viewLayout.js"
import { causeOf, hasRoom, hasRoomForAnother, isDiskFull, isUntouched } from "./writeFailure.js"

/** How long a swap may take before it fails as perhaps done, perhaps not. */
export const SWAP_WITHIN_MS = 5_000

/** How long to wait before trying again to reopen a folder. */
const REOPEN_EVERY_MS = 1_000

export interface LmdbViewStoreOptions extends ViewFolderOptions {
  readonly realm: number
}

/**
 * Opens the views in a folder, for one writing process: an answer is one read transaction, a swap one write
 * transaction. It survives kill -9; a power loss may set it back to an earlier, consistent checkpoint; a damaged folder
 * is emptied, to be rebuilt from the log.
 * Throws FolderError, see `openViewFolder`.
 */
export async function openLmdbViewStore(options: LmdbViewStoreOptions): Promise<ViewStore> {
  return new LmdbViewStore(await openViewFolder(options), options)
}

/** What answers need from a checkpoint, computed once. */
interface CheckpointKeys {
  readonly checkpoint: Checkpoint
  readonly documents: string
  /** The newest first. */
  readonly buckets: readonly string[]
}

/** The checkpoints that a swap starts from and leads to. */
interface Swap {
  readonly from: Checkpoint | null
  readonly to: Checkpoint
  readonly replaces: string | null
}

/**
 *   open     --a write failed, see `#failed`-->  reopening;  reopening  --the folder is sound-->  open
 *   any      --close()-->  closed
 */
class LmdbViewStore implements ViewStore {
  readonly #options: LmdbViewStoreOptions
  readonly #realm: number
  readonly #checkpoints: CheckpointReader
  readonly #closing = new AbortController()
  #folder: ViewFolder
  #place: CheckpointKeys | null = null
  /** Why it cannot answer at the moment, or null. */
  #problem: string | null = null
  #reopening: Promise<void> | null = null

  constructor(folder: ViewFolder, options: LmdbViewStoreOptions) {
    this.#folder = folder
    this.#options = options
    this.#realm = options.realm
    this.#checkpoints = new CheckpointReader(options.realm)
  }

  get #environment(): LmdbEnvironment {
    return this.#folder.environment
  }

  get #records(): Database<string, string> {
    return this.#folder.records
  }

  get stalledReaders(): readonly StalledReader[] {
    return this.#environment.readers.stalled
  }

  async read(of: ViewsOf, { documents, keys }: ViewRequest): Promise<ViewAnswer> {
    return this.#reading(() => {
      const place = this.#find(of)
      return {
        checkpoint: place?.checkpoint ?? null,
        documents: documents.map(name => this.#document(place, name)),
        keys: keys.map(id => this.#key(place, id)),
      }
    })
  }

  async list(foldVersion: number, list: ViewList, after: string | null, limit: number): Promise<ListAnswer> {
    return this.#reading(() => {
      const place = this.#find(foldVersion)
      if (place === null) return { checkpoint: null, ids: [] }
      const { checkpoint } = place
      const prefix = listPrefix(generationPrefix(this.#realm, checkpoint.generation), list)
      const { start, end } = below(prefix)
      const range = { start: start + (after ?? ""), end, limit, exclusiveStart: after !== null }
      const ids = limit > 0 ? [...this.#records.getKeys(range)].map(key => key.slice(prefix.length)) : []
      return { checkpoint, ids }
    })
  }

  async top(foldVersion: number, board: Board, limit: number): Promise<TopAnswer> {
    return this.#reading(() => {
      const place = this.#find(foldVersion)
      if (place === null) return { checkpoint: null, scores: [] }
      const { checkpoint } = place
      const prefix = rankPrefix(generationPrefix(this.#realm, checkpoint.generation), board)
      const keys = [...this.#records.getKeys({ ...below(prefix), limit })]
      return { checkpoint, scores: keys.map(key => parseRank(key.slice(prefix.length))) }
    })
  }

  async swap(
    from: Checkpoint | null,
    to: Checkpoint,
    writes: ViewWrites,
    replaces: string | null = null,
  ): Promise<boolean> {
    assertSwap(this.#realm, from, to, replaces)
    assertScores(writes)
    const swap = { from, to, replaces }
    if (from === null) await this.#makeRoom(swap)
    let left: string | null = null
    const won = await this.#writing(() => {
      if (!this.#wins(swap)) return false
      const live = this.#find(foldVersionOf(to.generation))?.checkpoint ?? null
      swapInTransaction(this.#records, from, to, writes)
      if (live?.generation === to.generation || (live !== null && to.offset < live.offset)) return true
      left = live?.generation ?? null
      makeLive(this.#records, to, left)
      return true
    })
    if (left !== null) await this.#clear(left, () => true)
    return won
  }

  async usedShare(): Promise<number> {
    this.#assertOpen()
    return 0
  }

  async close(): Promise<void> {
    this.#problem = "it is closed"
    this.#closing.abort()
    await this.#reopening
    await this.#environment.close()
  }

  /** Whether a swap starts from the checkpoint in the store. */
  #wins({ from, to, replaces }: Swap): boolean {
    const live = this.#find(foldVersionOf(to.generation))?.checkpoint ?? null
    if (replaces !== null && live?.generation !== replaces) return false
    const found = replaces === null ? live : (this.#find(to.generation)?.checkpoint ?? null)
    return isSameCheckpoint(found, from)
  }

  /** Clears what lies under a new generation's name, and checks that the disk has room for it beside another. */
  async #makeRoom(swap: Swap): Promise<void> {
    const { to, replaces } = swap
    await this.#clear(to.generation, () => this.#wins(swap))
    const isBeside = replaces !== null || this.#hasOthers(to)
    if (!isBeside || hasRoomForAnother(this.#environment)) return
    throw this.#fault(`the disk has no room to fill generation ${to.generation} beside another`)
  }

  /** Whether there are views of another fold version. */
  #hasOthers({ generation }: Checkpoint): boolean {
    const own = liveKey(this.#realm, foldVersionOf(generation))
    return [...this.#records.getKeys(liveKeys(this.#realm))].some(key => key !== own)
  }

  /** Clears a generation that is not live, bit by bit: nobody reads it. */
  async #clear(generation: string, wanted: () => boolean): Promise<void> {
    const clear = () => wanted() && clearSome(this.#records, this.#realm, generation)
    while (await this.#writing(clear));
  }

  #find(of: ViewsOf): CheckpointKeys | null {
    const name = typeof of === "string" ? of : this.#records.get(liveKey(this.#realm, of))
    if (name === undefined) return null
    const key = checkpointKey(generationPrefix(this.#realm, name))
    const text = this.#records.get(key)
    if (text === undefined) return null
    const checkpoint = this.#checkpoints.parse(text, of, `${this.#environment.dataFile}, ${key}`)
    if (this.#place?.checkpoint === checkpoint) return this.#place
    const documents = documentPrefix(generationPrefix(this.#realm, checkpoint.generation))
    this.#place = { checkpoint, documents, buckets: bucketPrefixes(checkpoint) }
    return this.#place
  }

  #document(place: CheckpointKeys | null, name: string): string | null {
    return place === null ? null : (this.#records.get(place.documents + name) ?? null)
  }

  #key(place: CheckpointKeys | null, id: string): string | null {
    for (const bucket of place?.buckets ?? []) {
      const entry = this.#records.get(bucket + id)
      if (entry !== undefined) return entry
    }
    return null
  }

  /**
   * One answer from one state. LMDB keeps the same read transaction for at least a turn of the event loop, and `read`
   * does not leave that turn.
   */
  #reading<T>(read: () => T): T {
    this.#assertOpen()
    try {
      return read()
    } catch (error) {
      if (error instanceof Fault) throw error
      throw this.#fault(`it cannot be read: ${String(error)}`)
    }
  }

  async #writing<T>(write: () => T): Promise<T> {
    this.#assertOpen()
    if (this.#options.readOnly === true) throw this.#fault("it was opened read-only")
    const { folder } = this.#environment
    if (!hasRoom(folder)) throw this.#fault("the disk is full")
    // A child of LMDB's own transaction, so that an error half way leaves nothing behind.
    const written = this.#records.childTransaction(write).catch(async (error: unknown) => {
      throw await this.#failed(error)
    })
    return within(written, SWAP_WITHIN_MS, () => this.#fault(`a swap is not done after ${SWAP_WITHIN_MS} ms`))
  }

  /**
   * A full disk is temporary. After any other failed write nobody knows what is on the disk: the folder is reopened,
   * which checks everything. One such failure was seen after a kill -9: LMDB had rolled back a transaction by its own
   * mistake (MDB_BAD_TXN, "reserved freelist had a data entry with zero-size"; lmdb 3.5.6), and the folder was sound.
   */
  async #failed(error: unknown): Promise<unknown> {
    if (!(error instanceof Error) || !("commitError" in error)) return error
    const cause = await causeOf(error)
    if (this.#isUntouched() && isDiskFull(cause, this.#environment.folder))
      return this.#fault("the disk is full")
    this.#problem ??= `a write failed, so it is opened again: ${String(cause)}`
    const fault = this.#fault(this.#problem)
    this.#reopening ??= this.#reopen().finally(() => {
      this.#reopening = null
    })
    return fault
  }

  /** Resolves once the folder is open again, or the store is closed. Never rejects. */
  async #reopen(): Promise<void> {
    const { logger, folder } = this.#options
    const { signal } = this.#closing
    logger.error({ folder, problem: this.#problem }, "views: reopening the folder")
    await this.#environment.close().catch(() => {})
    while (!signal.aborted) {
      try {
        this.#folder = await openViewFolder(this.#options)
        this.#place = null
        if (!signal.aborted) this.#problem = null
        return
      } catch (error) {
        if (!signal.aborted) this.#problem = `it cannot be opened again: ${String(error)}`
        await lasting(REOPEN_EVERY_MS, undefined, { signal }).catch(() => {})
      }
    }
  }

  #isUntouched(): boolean {
    try {
      return isUntouched(this.#environment)
    } catch {
      return false
    }
  }

  #assertOpen(): void {
    if (this.#problem !== null) throw this.#fault(this.#problem)
  }

  #fault(what: string): Fault {
    return new Fault("VIEWS_UNAVAILABLE", `views ${this.#options.folder}: ${what}`)
  }
}
