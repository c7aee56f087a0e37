import { checkpointText } from "../../ports/checkpointText.js"
import type { Checkpoint, KeyWrite, ViewList, ViewWrites } from "../../ports/viewStore.js"

/** Begins every key of a realm, with its hash tag: they lie in one slot of a Cluster. */
export function realmPrefix(realm: number): string {
  return `{guildhall/${realm}}:`
}

/** The key of the text that names the live generation. */
export function pointerKey(prefix: string, foldVersion: string | number): string {
  return `${prefix}live:${foldVersion}`
}

export interface ScriptCall {
  readonly keys: readonly string[]
  readonly args: readonly (string | number)[]
}

const LISTS: readonly ViewList[] = ["guilds"]

/**
 * The keys and arguments of the script SWAP, in the order in which it takes them: prefix; generation and offset
 * swapped from (empty: none); generation, checkpoint and first bucket swapped to; the number of lists; the documents;
 * for each list what is removed and what is added; for each bucket its number and its keys. Each run of writes is
 * preceded by their number.
 */
export function swapCall(
  prefix: string,
  from: Checkpoint | null,
  to: Checkpoint,
  writes: ViewWrites,
): ScriptCall {
  const foldVersion = to.generation.slice(0, to.generation.indexOf("."))
  const base = `${prefix}${to.generation}:`
  const buckets = byBucket(writes.keys)
  const keys = [
    pointerKey(prefix, foldVersion),
    `${base}checkpoint`,
    `${base}documents`,
    `${base}buckets`,
    ...LISTS.map(list => `${base}list:${list}`),
    ...[...buckets.keys()].map(bucket => `${base}keys:${bucket}`),
  ]
  const args = [
    prefix,
    from?.generation ?? "",
    from?.offset ?? "",
    to.generation,
    checkpointText(to),
    to.firstBucket,
    LISTS.length,
    writes.documents.size,
    ...[...writes.documents].flat(),
  ]
  for (const list of LISTS) {
    const { add, remove } = writes.lists[list]
    for (const ids of [remove, add]) {
      args.push(ids.length)
      for (const id of ids) args.push(id)
    }
  }
  for (const [bucket, entries] of buckets) {
    args.push(bucket, entries.length)
    for (const { id, entry } of entries) args.push(id, entry)
  }
  return { keys, args }
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
