import type { Database } from "lmdb"
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
import { ReopeningFolder } from "./reopeningFolder.js"
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
import { hasRoomForAnother } from "./writeFailure.js"

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

class LmdbViewStore implements ViewStore {
  readonly #folder: ReopeningFolder
  readonly #realm: number
  readonly #checkpoints: CheckpointReader
  #place: CheckpointKeys | null = null

  constructor(folder: ViewFolder, options: LmdbViewStoreOptions) {
    this.#folder = new ReopeningFolder(folder, options)
    this.#realm = options.realm
    this.#checkpoints = new CheckpointReader(options.realm)
  }

  get #records(): Database<string, string> {
    return this.#folder.records
  }

  get stalledReaders(): readonly StalledReader[] {
    return this.#folder.environment.readers.stalled
  }

  async read(of: ViewsOf, { documents, keys }: ViewRequest): Promise<ViewAnswer> {
    return this.#folder.read(() => {
      const place = this.#find(of)
      return {
        checkpoint: place?.checkpoint ?? null,
        documents: documents.map(name => this.#document(place, name)),
        keys: keys.map(id => this.#key(place, id)),
      }
    })
  }

  async list(foldVersion: number, list: ViewList, after: string | null, limit: number): Promise<ListAnswer> {
    return this.#folder.read(() => {
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
    return this.#folder.read(() => {
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
    const won = await this.#folder.write(() => {
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
    this.#folder.assertOpen()
    return 0
  }

  close(): Promise<void> {
    return this.#folder.close()
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
    if (!isBeside || hasRoomForAnother(this.#folder.environment)) return
    throw this.#folder.fault(`the disk has no room to fill generation ${to.generation} beside another`)
  }

  /** Whether there are views of another fold version. */
  #hasOthers({ generation }: Checkpoint): boolean {
    const own = liveKey(this.#realm, foldVersionOf(generation))
    return [...this.#records.getKeys(liveKeys(this.#realm))].some(key => key !== own)
  }

  /** Clears a generation that is not live, bit by bit: nobody reads it. */
  async #clear(generation: string, wanted: () => boolean): Promise<void> {
    const clear = () => wanted() && clearSome(this.#records, this.#realm, generation)
    while (await this.#folder.write(clear));
  }

  #find(of: ViewsOf): CheckpointKeys | null {
    const name = typeof of === "string" ? of : this.#records.get(liveKey(this.#realm, of))
    if (name === undefined) return null
    const key = checkpointKey(generationPrefix(this.#realm, name))
    const text = this.#records.get(key)
    if (text === undefined) return null
    const checkpoint = this.#checkpoints.parse(text, of, `${this.#folder.environment.dataFile}, ${key}`)
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
}
