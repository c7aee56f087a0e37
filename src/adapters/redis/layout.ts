import { BOARDS, type Checkpoint, type KeyWrite, LISTS, type ViewWrites } from "../../ports/viewStore.js"
import { checkpointText, foldVersionOf } from "../../projections/checkpointText.js"

/**
 * The number of the layout that `scripts.ts` describes. Builds with another layout use other keys, so that neither reads
 * or writes those of the other.
 *
 *   1  boards of negated scores
 *   2  boards of scores; counts of what a generation holds
 */
const LAYOUT = 2

/** The prefix of every key of a realm, with a hash tag, so that all of them are in one slot of a Cluster. */
export function realmPrefix(realm: number): string {
  return `${hashTag(realm)}:layout-${LAYOUT}:`
}

function hashTag(realm: number): string {
  return `{guildhall/${realm}}`
}

/** The key of the text that names the live generation. */
export function pointerKey(prefix: string, foldVersion: number): string {
  return `${prefix}live:${foldVersion}`
}

/** The pointers of older fold versions, in this layout and in layout 1, which had no number in its keys. */
export function olderPointerKeys(realm: number, foldVersion: number): string[] {
  const older = Array.from({ length: foldVersion - 1 }, (_, i) => i + 1)
  return [realmPrefix(realm), `${hashTag(realm)}:`].flatMap(prefix => {
    return older.map(version => pointerKey(prefix, version))
  })
}

export interface ScriptCall {
  readonly keys: readonly string[]
  readonly args: readonly (string | number)[]
}

/** The arguments of `ViewStore.swap`. */
export interface SwapRequest {
  readonly from: Checkpoint | null
  readonly to: Checkpoint
  readonly writes: ViewWrites
  /** The generation that it replaces, or null. */
  readonly replaces: string | null
}

/** What a swap changes in a sorted set. */
interface SortedSetWrites {
  readonly key: string
  readonly remove: readonly string[]
  readonly add: readonly { readonly id: string; readonly score: number }[]
}

/**
 * The keys and arguments of the script SWAP, in its order: prefix; checkpoint swapped from (empty: none); generation,
 * checkpoint, offset and first bucket swapped to; the generation replaced (empty: none); the number of sorted sets; the
 * documents; for each sorted set the ids removed, and those added with their scores; for each bucket its number and
 * keys. Each list of writes is preceded by its length.
 */
export function swapCall(prefix: string, { from, to, writes, replaces }: SwapRequest): ScriptCall {
  const base = `${prefix}${to.generation}:`
  const buckets = byBucket(writes.keys)
  const sets = sortedSets(base, writes)
  const keys = [
    pointerKey(prefix, foldVersionOf(to.generation)),
    `${base}checkpoint`,
    `${base}counts`,
    `${base}documents`,
    `${base}buckets`,
    ...sets.map(({ key }) => key),
    ...[...buckets.keys()].map(bucket => `${base}keys:${bucket}`),
  ]
  const args = [
    prefix,
    from === null ? "" : checkpointText(from),
    to.generation,
    checkpointText(to),
    to.offset,
    to.firstBucket,
    replaces ?? "",
    sets.length,
    writes.documents.size,
    ...[...writes.documents].flat(),
  ]
  for (const { remove, add } of sets) {
    args.push(remove.length)
    for (const id of remove) args.push(id)
    args.push(add.length)
    for (const { id, score } of add) args.push(score, id)
  }
  for (const [bucket, entries] of buckets) {
    args.push(bucket, entries.length)
    for (const { id, entry } of entries) args.push(id, entry)
  }
  return { keys, args }
}

function sortedSets(base: string, { lists, scores }: ViewWrites): SortedSetWrites[] {
  const ofLists = LISTS.map(list => {
    const { add, remove } = lists[list]
    return { key: `${base}list:${list}`, remove, add: add.map(id => ({ id, score: 0 })) }
  })
  const ofBoards = BOARDS.map(board => {
    const { set, remove } = scores[board]
    return { key: `${base}board:${board}`, remove, add: set }
  })
  return [...ofLists, ...ofBoards]
}

function byBucket(writes: readonly KeyWrite[]): Map<number, KeyWrite[]> {
  const buckets = new Map<number, KeyWrite[]>()
  for (const write of writes) {
    const bucket = buckets.get(write.bucket)
    if (bucket === undefined) buckets.set(write.bucket, [write])
    else bucket.push(write)
  }
  return buckets
}
