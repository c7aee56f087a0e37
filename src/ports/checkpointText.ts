import { Fault } from "./faults.js"
import type { Checkpoint } from "./viewStore.js"

/** Whose checkpoint it must be. */
interface CheckpointOwner {
  readonly realm: number
  readonly foldVersion: number
}

/** The text of a checkpoint in a view store: JSON. */
export function checkpointText(checkpoint: Checkpoint): string {
  return JSON.stringify(checkpoint)
}

/** Reads checkpoints as a store gave them back. Most answers carry the same as the one before: it is parsed once. */
export class CheckpointReader {
  readonly #realm: number
  #last: { readonly text: string; readonly foldVersion: number; readonly checkpoint: Checkpoint } | null =
    null

  constructor(realm: number) {
    this.#realm = realm
  }

  /**
   * `place` says where the text stood, for the message. Throws VIEWS_UNAVAILABLE when it is no checkpoint of this
   * realm and fold version: the store was damaged, or something else wrote there.
   */
  parse(text: string, foldVersion: number, place: string): Checkpoint {
    const last = this.#last
    if (last !== null && last.text === text && last.foldVersion === foldVersion) return last.checkpoint
    const value = jsonOrUndefined(text)
    const problem = problemOf(value, { realm: this.#realm, foldVersion })
    if (problem !== null) {
      const message = `${place}: expected a checkpoint ${problem}, found ${JSON.stringify(text.slice(0, SHOWN_MAX))}`
      throw new Fault("VIEWS_UNAVAILABLE", `${message}; remove it and the views are rebuilt`)
    }
    const checkpoint = value as Checkpoint
    this.#last = { text, foldVersion, checkpoint }
    return checkpoint
  }
}

const SHOWN_MAX = 200

/** A key is looked for in each bucket. R22 needs three of them. */
const BUCKETS_MAX = 100

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function problemOf(value: unknown, { realm, foldVersion }: CheckpointOwner): string | null {
  if (typeof value !== "object" || value === null) return "that is an object"
  const { logId, realm: itsRealm, generation, hash, at, keyRetention } = value as Partial<Checkpoint>
  if (typeof logId !== "string") return "with a text logId"
  if (itsRealm !== realm) return `of realm ${realm}`
  if (typeof generation !== "string" || foldVersionOf(generation) !== foldVersion) {
    return `of a generation of fold version ${foldVersion}`
  }
  if (typeof hash !== "string") return "with a text hash"
  if (typeof at !== "number") return "with a time"
  if (typeof keyRetention !== "number" || keyRetention <= 0) return "with a keyRetention above 0"
  return countsProblem(value as Partial<Checkpoint>)
}

function countsProblem(value: Partial<Checkpoint>): string | null {
  const { offset, keyTime, firstBucket, lastBucket } = value
  if (!isCount(offset)) return "with an offset from 0"
  if (!isCount(keyTime)) return "with a keyTime from 0"
  if (!isCount(firstBucket) || !isCount(lastBucket)) return "with buckets from 0"
  if (firstBucket > lastBucket) return "with its buckets in order"
  return lastBucket - firstBucket < BUCKETS_MAX ? null : `of at most ${BUCKETS_MAX} buckets`
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
}

/** The fold version that a generation `<fold version>.<n>` is of; NaN when it is not so named. */
export function foldVersionOf(generation: string): number {
  return /^\d+\.\d+$/.test(generation) ? Number.parseInt(generation, 10) : Number.NaN
}

/**
 * What every store demands of a swap: it goes forward, its buckets too, within one generation of the store's
 * realm. Throws an Error
 * otherwise, a bug of the caller. A rebuilt generation that takes over (R33) is not built yet.
 */
export function assertSwap(realm: number, from: Checkpoint | null, to: Checkpoint): void {
  const place = `swap to ${to.generation}@${to.offset}`
  const foldVersion = foldVersionOf(to.generation)
  if (Number.isNaN(foldVersion)) throw new Error(`${place}: expected a generation <fold version>.<n>`)
  const problem = problemOf(to, { realm, foldVersion })
  if (problem !== null)
    throw new Error(`${place}: expected a checkpoint ${problem}, got ${checkpointText(to)}`)
  if (from === null) return
  if (from.generation !== to.generation) {
    throw new Error(`${place}: expected generation ${from.generation}, that of the checkpoint it starts from`)
  }
  if (to.offset <= from.offset) throw new Error(`${place}: expected an offset above ${from.offset}`)
  if (to.firstBucket < from.firstBucket) {
    throw new Error(`${place}: expected a first bucket from ${from.firstBucket}, got ${to.firstBucket}`)
  }
}
