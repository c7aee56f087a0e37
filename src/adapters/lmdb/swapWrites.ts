import type { Database } from "lmdb"
import {
  BOARDS,
  type Board,
  type Checkpoint,
  LISTS,
  type ScoreWrites,
  type ViewWrites,
} from "../../ports/viewStore.js"
import { checkpointText, foldVersionOf } from "../../projections/checkpointText.js"
import { ContentSum, TalliedWriter } from "./contentSum.js"
import {
  below,
  bucketPrefix,
  bucketsBefore,
  checkpointKey,
  documentPrefix,
  generationPrefix,
  listPrefix,
  liveKey,
  type Range,
  rankKey,
  scoreKey,
  tallyKey,
} from "./viewLayout.js"

/** How many leftover keys are cleared in one transaction. */
const CLEARED_AT_ONCE = 5_000

/**
 * How many keys of dropped buckets a swap removes, plus twice as many as it writes, so that removal keeps up. Leftover
 * keys are never read, since answers look only in the checkpoint's buckets.
 */
const DROPPED_AT_ONCE = 1_000

/** Writes a winning swap into its generation. Called inside a transaction, which is rolled back when this throws. */
export function swapInTransaction(
  records: Database<string, string>,
  from: Checkpoint | null,
  to: Checkpoint,
  { documents, keys, lists, scores }: ViewWrites,
): void {
  const prefix = generationPrefix(to.realm, to.generation)
  const sum = from === null ? new ContentSum() : readContentSum(records, prefix)
  const writer = new TalliedWriter(records, sum)
  writer.put(checkpointKey(prefix), checkpointText(to))
  const documentsPrefix = documentPrefix(prefix)
  for (const [name, text] of documents) writer.put(documentsPrefix + name, text)
  for (const { bucket, id, entry } of keys) writer.put(bucketPrefix(prefix, bucket) + id, entry)
  for (const list of LISTS) {
    const { add, remove } = lists[list]
    for (const id of remove) writer.remove(listPrefix(prefix, list) + id)
    for (const id of add) writer.put(listPrefix(prefix, list) + id, "")
  }
  for (const board of BOARDS) writeScores(records, writer, prefix, board, scores[board])
  const dropped = bucketsBefore(prefix, to.firstBucket)
  const limit = DROPPED_AT_ONCE + 2 * keys.length
  for (const key of keysIn(records, dropped, limit)) writer.remove(key)
  void records.put(tallyKey(prefix), sum.text)
}

/** Makes a generation the live one. The previous live one loses its checkpoint, and becomes a leftover. */
export function makeLive(
  records: Database<string, string>,
  { realm, generation }: Checkpoint,
  before: string | null,
): void {
  void records.put(liveKey(realm, foldVersionOf(generation)), generation)
  if (before !== null) void records.remove(checkpointKey(generationPrefix(realm, before)))
}

/** A score is stored twice: by id, to look up the old score, and by rank. */
function writeScores(
  records: Database<string, string>,
  writer: TalliedWriter,
  prefix: string,
  board: Board,
  { set, remove }: ScoreWrites,
): void {
  const takeRank = (id: string, old: string) =>
    writer.take(rankKey(prefix, board, { id, score: Number(old) }), "")
  for (const id of remove) {
    const key = scoreKey(prefix, board, id)
    const old = records.get(key)
    if (old === undefined) continue
    takeRank(id, old)
    writer.take(key, old)
  }
  for (const { id, score } of set) {
    const key = scoreKey(prefix, board, id)
    const old = records.get(key)
    const text = String(score)
    if (old === text) continue
    if (old !== undefined) takeRank(id, old)
    writer.replace(key, old, text)
    writer.replace(rankKey(prefix, board, { id, score }), undefined, "")
  }
}

/** Removes some of the keys under a generation's name; false when there were none. */
export function clearSome(records: Database<string, string>, realm: number, generation: string): boolean {
  const left = keysIn(records, below(generationPrefix(realm, generation)), CLEARED_AT_ONCE)
  for (const key of left) void records.remove(key)
  return left.length > 0
}

function keysIn(records: Database<string, string>, range: Range, limit: number): string[] {
  return [...records.getKeys({ ...range, limit })]
}

function readContentSum(records: Database<string, string>, prefix: string): ContentSum {
  const text = records.get(tallyKey(prefix))
  const sum = text === undefined ? null : ContentSum.parse(text)
  if (sum !== null) return sum
  throw new Error(`${tallyKey(prefix)}: expected a tally, found ${JSON.stringify(text)}`)
}
