import { isCount, parseJson } from "../lib/json.js"
import { Fault } from "../ports/faults.js"
import type { Checkpoint, ViewsOf } from "../ports/viewStore.js"

/** The text of a checkpoint in a view store: JSON. */
export function checkpointText(checkpoint: Checkpoint): string {
  return JSON.stringify(checkpoint)
}

/** Whether two checkpoints are equal in every field. */
export function isSameCheckpoint(one: Checkpoint | null, other: Checkpoint | null): boolean {
  if (one === null || other === null) return one === other
  return checkpointText(one) === checkpointText(other)
}

/** Reads checkpoints from a store's answers. Most answers repeat the previous one, which is parsed once. */
export class CheckpointReader {
  readonly #realm: number
  #last: { readonly text: string; readonly of: ViewsOf; readonly checkpoint: Checkpoint } | null = null

  constructor(realm: number) {
    this.#realm = realm
  }

  /**
   * `place` says where the text was found, for the message. Throws VIEWS_UNAVAILABLE when it is not a checkpoint of this
   * realm and fold version, or generation: the store was damaged, or something else wrote there.
   */
  parse(text: string, of: ViewsOf, place: string): Checkpoint {
    const last = this.#last
    if (last !== null && last.text === text && last.of === of) return last.checkpoint
    const value = parseJson(text)
    const problem = problemOf(value, this.#realm, of)
    if (problem !== null) {
      const message = `${place}: expected a checkpoint ${problem}, found ${JSON.stringify(text.slice(0, SHOWN_MAX))}`
      throw new Fault("VIEWS_UNAVAILABLE", `${message}; remove it and the views are rebuilt`)
    }
    const checkpoint = value as Checkpoint
    this.#last = { text, of, checkpoint }
    return checkpoint
  }
}

const SHOWN_MAX = 200

/** A key is looked up in each bucket. R22 needs three buckets. */
const BUCKETS_MAX = 100

/** Why it is not a checkpoint of this realm and these views, or null. */
function problemOf(value: unknown, realm: number, of: ViewsOf): string | null {
  if (typeof value !== "object" || value === null) return "that is an object"
  const { logId, realm: itsRealm, generation, hash, at, keyRetention } = value as Partial<Checkpoint>
  if (typeof logId !== "string") return "with a text logId"
  if (itsRealm !== realm) return `of realm ${realm}`
  if (typeof generation !== "string" || !isOf(generation, of)) return `of ${placeOf(of)}`
  if (typeof hash !== "string") return "with a text hash"
  if (typeof at !== "number") return "with a time"
  if (typeof keyRetention !== "number" || keyRetention <= 0) return "with a keyRetention above 0"
  return countsProblem(value as Partial<Checkpoint>) ?? typesProblem(value as Partial<Checkpoint>)
}

function isOf(generation: string, of: ViewsOf): boolean {
  return typeof of === "string" ? generation === of : foldVersionOf(generation) === of
}

/** Whose views, for messages. */
export function placeOf(of: ViewsOf): string {
  return typeof of === "string" ? `generation ${of}` : `a generation of fold version ${of}`
}

function countsProblem(value: Partial<Checkpoint>): string | null {
  const { offset, keyTime, firstBucket, lastBucket } = value
  if (!isCount(offset)) return "with an offset from 0"
  if (!isCount(keyTime)) return "with a keyTime from 0"
  if (!isCount(firstBucket) || !isCount(lastBucket)) return "with buckets from 0"
  if (firstBucket > lastBucket) return "with its buckets in order"
  return lastBucket - firstBucket < BUCKETS_MAX ? null : `of at most ${BUCKETS_MAX} buckets`
}

function typesProblem({ folded, frozen }: Partial<Checkpoint>): string | null {
  if (!isTexts(folded)) return "with the event types folded"
  return isTexts(frozen) ? null : "with the event types frozen"
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(each => typeof each === "string")
}

/** The fold version in a generation's name, `<fold version>.<n>`; NaN for any other name. */
export function foldVersionOf(generation: string): number {
  return /^\d+\.\d+$/.test(generation) ? Number.parseInt(generation, 10) : Number.NaN
}

/** The `n`th generation of a fold version, from 1. */
export function generationName(foldVersion: number, n: number): string {
  return `${foldVersion}.${n}`
}

/** The generation that may replace this one. */
export function generationAfter(generation: string): string {
  return generationName(foldVersionOf(generation), numberOf(generation) + 1)
}

function numberOf(generation: string): number {
  return Number(generation.slice(generation.indexOf(".") + 1))
}

/**
 * What every store requires of a swap: offset and buckets move forward, within one generation of the store's realm; a
 * generation that it replaces is an older one of the same fold version. Throws an Error otherwise: a bug of the caller.
 */
export function assertSwap(
  realm: number,
  from: Checkpoint | null,
  to: Checkpoint,
  replaces: string | null = null,
): void {
  const place = `swap to ${to.generation}@${to.offset}`
  const foldVersion = foldVersionOf(to.generation)
  if (Number.isNaN(foldVersion)) throw new Error(`${place}: expected a generation <fold version>.<n>`)
  const problem = problemOf(to, realm, to.generation)
  if (problem !== null)
    throw new Error(`${place}: expected a checkpoint ${problem}, got ${checkpointText(to)}`)
  if (replaces !== null) assertReplaces(place, replaces, to)
  if (from === null) return
  if (from.generation !== to.generation) {
    throw new Error(`${place}: expected generation ${from.generation}, that of the checkpoint it starts from`)
  }
  if (to.offset <= from.offset) throw new Error(`${place}: expected an offset above ${from.offset}`)
  if (to.firstBucket < from.firstBucket) {
    throw new Error(`${place}: expected a first bucket from ${from.firstBucket}, got ${to.firstBucket}`)
  }
}

function assertReplaces(place: string, replaces: string, { generation }: Checkpoint): void {
  const older = numberOf(replaces) < numberOf(generation)
  if (foldVersionOf(replaces) === foldVersionOf(generation) && older) return
  throw new Error(
    `${place}: expected to replace an older generation of the same fold version, got ${replaces}`,
  )
}
