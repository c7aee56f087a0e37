import type { Genesis } from "../log/commit.js"
import type { RecordMark } from "../log/recordMark.js"
import { Fault } from "../ports/faults.js"
import type { Add } from "./delta/actions.js"
import type { Snapshot } from "./delta/snapshot.js"

/** The table's folder in the lake. */
export const EVENTS_FOLDER = "events"

/** The `txn` application of a realm's log: its version is the offset up to which the log has landed. */
export function appIdOf({ realm, logId }: Pick<Genesis, "realm" | "logId">): string {
  return `guildhall/${realm}/${logId}`
}

/**
 * How far a realm's log has landed, exclusive; 0 for nothing. Throws LAKE_OF_ANOTHER_LOG when the table holds this
 * realm of another log.
 */
export function landedOf({ txns }: Snapshot, genesis: Pick<Genesis, "realm" | "logId">): number {
  const ours = appIdOf(genesis)
  for (const appId of txns.keys()) {
    if (!appId.startsWith(`guildhall/${genesis.realm}/`) || appId === ours) continue
    const message = `the lake holds realm ${genesis.realm} of ${appId}, but this log is ${genesis.logId}`
    throw new Fault("LAKE_OF_ANOTHER_LOG", `${message}: was the log replaced? Give this log its own lake`)
  }
  return txns.get(ours)?.version ?? 0
}

/** How far the logs of all realms have landed, by realm. For two logs of one realm, which reports refuse: the farther. */
export function landedByRealm({ txns }: Snapshot): ReadonlyMap<number, number> {
  const landed = new Map<number, number>()
  for (const [appId, { version }] of txns) {
    const realm = /^guildhall\/(\d+)\//.exec(appId)?.[1]
    if (realm !== undefined) landed.set(Number(realm), Math.max(version, landed.get(Number(realm)) ?? 0))
  }
  return landed
}

/** Where the rows of a file come from (R36), from its tags. */
export interface Provenance extends RecordMark {
  readonly realm: number
  readonly start: number
  /** Exclusive; hash and time are those of the record before it. */
  readonly end: number
  /** Where the realm's previous file ends; unknown for a file of an older build. */
  readonly after?: number
}

export function tagsOf({ realm, start, end, hash, at }: Provenance): Record<string, string> {
  return { realm: `${realm}`, start: `${start}`, end: `${end}`, hash, at: `${at}` }
}

/** Each file's tags are parsed once, though every landing goes through all files. */
const provenances = new WeakMap<Add, Provenance | null>()

/** Null for a file that another program made. */
export function provenanceOf(add: Add): Provenance | null {
  const before = provenances.get(add)
  if (before !== undefined) return before
  const provenance = provenanceIn(add)
  provenances.set(add, provenance)
  return provenance
}

function provenanceIn({ tags }: Add): Provenance | null {
  if (tags === undefined || tags === null) return null
  const { hash } = tags
  const [realm, start, end, at] = [tags.realm, tags.start, tags.end, tags.at].map(Number)
  if (hash === undefined || realm === undefined || start === undefined) return null
  if (end === undefined || at === undefined || Number.isNaN(realm + start + end + at)) return null
  const after = Number(tags.after)
  return Number.isNaN(after) ? { realm, start, end, hash, at } : { realm, start, end, hash, at, after }
}

/** The files of a realm in the table, with their provenance. */
export function filesOf(
  snapshot: Snapshot,
  realm: number,
): { readonly add: Add; readonly from: Provenance }[] {
  const files: { readonly add: Add; readonly from: Provenance }[] = []
  for (const add of snapshot.files.values()) {
    const from = provenanceOf(add)
    if (from?.realm === realm) files.push({ add, from })
  }
  return files
}

/** The last record that the realm's files cover, as a checkpoint to check against the log; null when it has no files. */
export function lastMark(snapshot: Snapshot, { realm, logId }: Genesis) {
  const [last] = filesOf(snapshot, realm).sort((one, other) => other.from.end - one.from.end)
  if (last === undefined) return null
  const { end: offset, hash, at } = last.from
  return { logId, offset, hash, at }
}
