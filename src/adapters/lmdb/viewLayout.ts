import { type Board, type Checkpoint, SCORE_MAX, type Score, type ViewList } from "../../ports/viewStore.js"

/**
 * The number of this layout, in the folder's mark. A folder of an older one is emptied and rebuilt from the log.
 *
 *   1  stores the live generation's checkpoint in place of its name
 *   2  each generation has its own checkpoint
 */
export const VIEW_LAYOUT = 2

/**
 * The views as keys and texts of one LMDB database; it holds the same as the layout in Redis:
 *
 *     <realm>:live:<fold version>                     the live generation's name
 *     <realm>:<generation>:checkpoint                 JSON
 *     <realm>:<generation>:documents:<name>           JSON
 *     <realm>:<generation>:keys:<bucket>:<id>         JSON
 *     <realm>:<generation>:list:<list>:<id>           empty
 *     <realm>:<generation>:score:<id>:<board>         its score
 *     <realm>:<generation>:rank:<board>:<rest>:<id>   empty; rest = `SCORE_MAX` - score: so the best comes first
 *     <realm>:<generation>:tally                      see `ContentSum`
 */
export type Range = { readonly start: string; readonly end: string }

/** Scores are padded to as many digits as `SCORE_MAX` has, so that their texts sort as numbers. */
const DIGITS = 16

/** The character after `:`, which ends the range of keys below a prefix. */
const AFTER_COLON = ";"

export function liveKey(realm: number, foldVersion: number): string {
  return `${realm}:live:${foldVersion}`
}

/** The keys of the live generations of all fold versions. */
export function liveKeys(realm: number): Range {
  return below(`${realm}:live:`)
}

/** The prefix of a generation's keys. */
export function generationPrefix(realm: number, generation: string): string {
  return `${realm}:${generation}:`
}

/** The generation that a key belongs to, as its prefix. */
export function prefixOf(key: string): string {
  return key.slice(0, key.indexOf(":", key.indexOf(":") + 1) + 1)
}

export function checkpointKey(prefix: string): string {
  return `${prefix}checkpoint`
}

export function tallyKey(prefix: string): string {
  return `${prefix}tally`
}

export function documentPrefix(prefix: string): string {
  return `${prefix}documents:`
}

export function bucketPrefix(prefix: string, bucket: number): string {
  return `${prefix}keys:${digits(bucket)}:`
}

/** The prefixes of a checkpoint's buckets, the newest first. */
export function bucketPrefixes({ realm, generation, firstBucket, lastBucket }: Checkpoint): string[] {
  const prefix = generationPrefix(realm, generation)
  const count = lastBucket - firstBucket + 1
  return Array.from({ length: count }, (_, i) => bucketPrefix(prefix, lastBucket - i))
}

export function listPrefix(prefix: string, list: ViewList): string {
  return `${prefix}list:${list}:`
}

export function scoreKey(prefix: string, board: Board, id: string): string {
  return `${prefix}score:${id}:${board}`
}

export function rankPrefix(prefix: string, board: Board): string {
  return `${prefix}rank:${board}:`
}

export function rankKey(prefix: string, board: Board, { id, score }: Score): string {
  return `${rankPrefix(prefix, board)}${digits(SCORE_MAX - score)}:${id}`
}

/** Parses what follows `rankPrefix` in a key. */
export function parseRank(text: string): Score {
  return { id: text.slice(DIGITS + 1), score: SCORE_MAX - Number(text.slice(0, DIGITS)) }
}

function digits(number: number): string {
  return String(number).padStart(DIGITS, "0")
}

/** All keys with a prefix that ends in a colon. */
export function below(prefix: string): Range {
  return { start: prefix, end: prefix.slice(0, -1) + AFTER_COLON }
}

/** The command ids' keys of all buckets before one. */
export function bucketsBefore(prefix: string, bucket: number): Range {
  return { start: `${prefix}keys:`, end: bucketPrefix(prefix, bucket) }
}
