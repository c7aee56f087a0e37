import type { StalledReader } from "./stalledReaders.js"

/**
 * How far the views are. `offset` is the next one to project; hash and time are those of the record before it, so that
 * a log cut or replaced is noticed (R10).
 */
export interface Checkpoint {
  readonly logId: string
  readonly realm: number
  /** `<fold version>.<n>` */
  readonly generation: string
  readonly offset: number
  readonly hash: string
  /** Append time of the record before `offset`, in milliseconds since 1970. */
  readonly at: number
  /** Key time at `offset`, in milliseconds (R22). */
  readonly keyTime: number
  /** How long keys are kept, in milliseconds of key time. */
  readonly keyRetention: number
  /** The buckets of keys that are kept, both inclusive; a key lies in exactly one. */
  readonly firstBucket: number
  readonly lastBucket: number
  /** The event types folded into the generation, with their versions, as `SwordBought@1` (R33); sorted. */
  readonly folded: readonly string[]
  /** Those that its builds did not know, so that aggregates froze; sorted. */
  readonly frozen: readonly string[]
}

/** Whose views: the live ones of a fold version, or those of a generation by its name, live or not. */
export type ViewsOf = number | string

/** JSON texts by name: `player/alice`, `guild/knights`, `purchases/alice`. */
export interface ViewRequest {
  readonly documents: readonly string[]
  /** Command ids. */
  readonly keys: readonly string[]
}

/** One atomic answer: all of it is as of the checkpoint. */
export interface ViewAnswer {
  /**
   * Null when there is no such generation, or it is not whole: then nothing else of the answer means anything.
   */
  readonly checkpoint: Checkpoint | null
  /** In the order asked; null where there is none. */
  readonly documents: readonly (string | null)[]
  readonly keys: readonly (string | null)[]
}

export interface KeyWrite {
  readonly bucket: number
  readonly id: string
  /** JSON text. */
  readonly entry: string
}

/** Sorted sets of ids that a client can page through. */
export const LISTS = ["guilds"] as const
export type ViewList = (typeof LISTS)[number]

/** Leaderboards: players by their gold and by how many swords they own, guilds by their members. */
export const BOARDS = ["gold", "swords", "guildSize"] as const
export type Board = (typeof BOARDS)[number]

/** From 0: a store keeps every whole number up to here exactly, as a double does. */
export const SCORE_MAX = Number.MAX_SAFE_INTEGER

/** Above this share of the store's memory no new work is taken (R32): the projector must still be able to write. */
export const USED_SHARE_MAX = 0.9

export interface Score {
  readonly id: string
  /** A whole number from 0 to `SCORE_MAX`. */
  readonly score: number
}

export interface ScoreWrites {
  /** Absolute values; an id has one score on a board. */
  readonly set: readonly Score[]
  /** Ids that leave the board; done before `set`. */
  readonly remove: readonly string[]
}

export interface ViewWrites {
  /** Absolute values by name, so that a replay writes the same again. */
  readonly documents: ReadonlyMap<string, string>
  readonly keys: readonly KeyWrite[]
  readonly lists: Readonly<
    Record<ViewList, { readonly add: readonly string[]; readonly remove: readonly string[] }>
  >
  readonly scores: Readonly<Record<Board, ScoreWrites>>
}

export interface ListAnswer {
  readonly checkpoint: Checkpoint | null
  readonly ids: readonly string[]
}

export interface TopAnswer {
  readonly checkpoint: Checkpoint | null
  readonly scores: readonly Score[]
}

/**
 * What is true now, of one realm: a pure view that the log rebuilds.
 *
 * A store counts what a generation holds: documents, keys by bucket, list entries and scores. A generation that holds
 * another number than its last swap left is not whole: a part of it was lost. It is then as if there were none (R32).
 */
export interface ViewStore {
  /**
   * Documents, keys and checkpoint of one generation, in one atomic answer, never a mixture of two checkpoints.
   * Throws VIEWS_UNAVAILABLE within seconds.
   */
  read(of: ViewsOf, request: ViewRequest): Promise<ViewAnswer>

  /**
   * Compare-and-swap: writes all, and the checkpoint `to`, if the live generation's checkpoint is `from` (null: there is
   * no live generation that is whole), else nothing: false. Buckets below `to.firstBucket` are dropped.
   * From null it first clears what lies under the new generation's name, and a live generation that is not whole.
   *
   * With `replaces`, the name of an older generation, `to` is filled beside it: it is written if that one is live and
   * whole, and `from` is the checkpoint of `to`'s own generation (null: there is none that is whole). From null there
   * must be room for a second generation. As soon as `to` is not behind the live one it takes its place, and the old one
   * is removed (R33).
   *
   * Repeating a swap that won answers false. Throws VIEWS_UNAVAILABLE; then it may or may not have been done. What no
   * view may be, such as a score out of bounds, is an Error, a bug of the caller.
   */
  swap(
    from: Checkpoint | null,
    to: Checkpoint,
    writes: ViewWrites,
    replaces?: string | null,
  ): Promise<boolean>

  /** At most `limit` ids of a list, in the order of their bytes, after one (exclusive; null: from the first). */
  list(foldVersion: number, list: ViewList, after: string | null, limit: number): Promise<ListAnswer>

  /**
   * The `limit` best of a board: the highest score first, equal scores in the order of their ids' bytes. One atomic
   * answer, as of its checkpoint. Throws VIEWS_UNAVAILABLE.
   */
  top(foldVersion: number, board: Board, limit: number): Promise<TopAnswer>

  /** As `Log.stalledReaders`. */
  readonly stalledReaders?: readonly StalledReader[]

  /** The share of the store's memory in use, 0 to 1; 0 where there is no bound. Throws VIEWS_UNAVAILABLE. */
  usedShare(): Promise<number>

  close(): Promise<void>
}
