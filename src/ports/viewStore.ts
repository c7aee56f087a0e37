import type { StalledReader } from "./stalledReaders.js"

/**
 * How far the views have come. `offset` is the next one to project; hash and time are those of the record before it, so
 * that a truncated or replaced log is noticed (R10).
 */
export interface Checkpoint {
  readonly logId: string
  readonly realm: number
  /** `<fold version>.<n>` */
  readonly generation: string
  readonly offset: number
  readonly hash: string
  /** The append time of the record before `offset`, in milliseconds since 1970. */
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
  /** The types and versions that its builds did not know, so that aggregates froze; sorted. */
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
   * Null when there is no such generation, or it is not whole: then the rest of the answer means nothing.
   */
  readonly checkpoint: Checkpoint | null
  /** In the order of the request; null for those that do not exist. */
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

/**
 * Leaderboards: players by their gold, by how many swords they own and how many monsters they have beaten; guilds by
 * their members.
 */
export const BOARDS = ["gold", "swords", "monsters", "guildSize"] as const
export type Board = (typeof BOARDS)[number]

/** Scores begin at 0; a store keeps every whole number up to here exactly, as a double does. */
export const SCORE_MAX = Number.MAX_SAFE_INTEGER

/** Above this share of the store's memory no new work is accepted (R32): the projector must still be able to write. */
export const USED_SHARE_MAX = 0.9

export interface Score {
  readonly id: string
  /** A whole number from 0 to `SCORE_MAX`. */
  readonly score: number
}

export interface ScoreWrites {
  /** Absolute values; an id has one score per board. */
  readonly set: readonly Score[]
  /** Ids that leave the board; done before `set`. */
  readonly remove: readonly string[]
}

export interface ViewWrites {
  /** Absolute values by name, so that a replay writes the same values again. */
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
 * What is true now in one realm: a pure view that can be rebuilt from the log.
 *
 * A store counts what a generation holds: documents, keys by bucket, list entries and scores. When the numbers differ from
 * those that the last swap left, a part was lost: the generation is not whole, and counts as absent (R32).
 */
export interface ViewStore {
  /**
   * Documents, keys and checkpoint of one generation, in one atomic answer, never a mixture of two checkpoints.
   * Throws VIEWS_UNAVAILABLE within seconds.
   */
  read(of: ViewsOf, request: ViewRequest): Promise<ViewAnswer>

  /**
   * Compare-and-swap: writes all, and the checkpoint `to`, if the live generation's checkpoint is `from` (null: no live
   * generation is whole); else writes nothing and returns false. Buckets below `to.firstBucket` are dropped.
   * From null it first clears what lies under the new generation's name, and a live generation that is not whole.
   *
   * With `replaces`, the name of an older generation, `to` is filled beside it. It is written if the older one is live
   * and whole, and `from` is the checkpoint of `to`'s own generation (null: that is absent or not whole). From null there
   * must be room for a second generation. As soon as `to` is not behind the live generation it takes its place, and the
   * old one is removed (R33).
   *
   * Repeating a swap that won returns false. Throws VIEWS_UNAVAILABLE; then it may or may not have been done. Writes that
   * no view may hold, such as a score out of bounds, throw an Error: that is a bug of the caller.
   */
  swap(
    from: Checkpoint | null,
    to: Checkpoint,
    writes: ViewWrites,
    replaces?: string | null,
  ): Promise<boolean>

  /** At most `limit` ids of a list, in byte order, after a given id (exclusive; null: from the first). */
  list(foldVersion: number, list: ViewList, after: string | null, limit: number): Promise<ListAnswer>

  /**
   * The `limit` best of a board: the highest score first, equal scores in byte order of their ids. One atomic answer, as
   * of its checkpoint. Throws VIEWS_UNAVAILABLE.
   */
  top(foldVersion: number, board: Board, limit: number): Promise<TopAnswer>

  /** See `Log.stalledReaders`. */
  readonly stalledReaders?: readonly StalledReader[]

  /** The share of the store's memory in use, 0 to 1; 0 when there is no limit. Throws VIEWS_UNAVAILABLE. */
  usedShare(): Promise<number>

  close(): Promise<void>
}
