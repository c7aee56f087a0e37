import {
  BOARDS,
  type Board,
  type Checkpoint,
  type ListAnswer,
  type TopAnswer,
  type ViewAnswer,
  type ViewList,
  type ViewRequest,
  type ViewsOf,
  type ViewWrites,
} from "../../src/ports/viewStore.js"
import { foldVersionOf, isSameCheckpoint } from "../../src/projections/checkpointText.js"

interface Generation {
  checkpoint: Checkpoint
  /** What it held after its last swap, part by part. */
  counts: string
  readonly documents: Map<string, string>
  readonly buckets: Map<number, Map<string, string>>
  readonly lists: Record<ViewList, Set<string>>
  readonly scores: Record<Board, Map<string, number>>
}

/** The views of one realm in memory, without time or faults: each call is one atomic step. */
export class ViewData {
  /** Names of the live generations, by fold version. */
  #live = new Map<number, string>()
  #generations = new Map<string, Generation>()

  checkpoint(of: ViewsOf): Checkpoint | null {
    return this.#whole(of)?.checkpoint ?? null
  }

  read(of: ViewsOf, request: ViewRequest): ViewAnswer {
    const generation = this.#whole(of)
    return {
      checkpoint: generation?.checkpoint ?? null,
      documents: request.documents.map(name => generation?.documents.get(name) ?? null),
      keys: request.keys.map(id => (generation === undefined ? null : findKey(generation, id))),
    }
  }

  list(foldVersion: number, list: ViewList, after: string | null, limit: number): ListAnswer {
    const generation = this.#whole(foldVersion)
    if (generation === undefined) return { checkpoint: null, ids: [] }
    const ids = [...generation.lists[list]].filter(id => after === null || byBytes(id, after) > 0)
    return { checkpoint: generation.checkpoint, ids: ids.sort(byBytes).slice(0, limit) }
  }

  top(foldVersion: number, board: Board, limit: number): TopAnswer {
    const generation = this.#whole(foldVersion)
    if (generation === undefined) return { checkpoint: null, scores: [] }
    const scores = [...generation.scores[board]].map(([id, score]) => ({ id, score }))
    scores.sort((one, other) => other.score - one.score || byBytes(one.id, other.id))
    return { checkpoint: generation.checkpoint, scores: scores.slice(0, limit) }
  }

  swap(from: Checkpoint | null, to: Checkpoint, writes: ViewWrites, replaces: string | null = null): boolean {
    const foldVersion = foldVersionOf(to.generation)
    const live = this.checkpoint(foldVersion)
    if (replaces !== null && live?.generation !== replaces) return false
    const found = replaces === null ? live : this.checkpoint(to.generation)
    if (!isSameCheckpoint(found, from)) return false
    const generation = (from === null ? undefined : this.#whole(to.generation)) ?? newGeneration(to)
    write(generation, to, writes)
    this.#generations.set(to.generation, generation)
    if (live !== null && to.offset < live.offset) return true
    const before = this.#live.get(foldVersion)
    this.#live.set(foldVersion, to.generation)
    if (before !== undefined && before !== to.generation) this.#generations.delete(before)
    return true
  }

  /** Loses a part of a generation, as by an eviction or damage: all of the part, or its first entry. */
  lose(generation: string, part: ViewPart, what: "whole" | "entry"): void {
    const found = this.#generations.get(generation)
    if (found === undefined) return
    const entries = partOf(found, part)
    if (what === "whole") entries.clear()
    else for (const [name] of [...entries.entries()].slice(0, 1)) entries.delete(name)
  }

  /** Loses the name of the live generation, not its content. */
  forget(foldVersion: number): void {
    this.#live.delete(foldVersion)
  }

  clone(): ViewData {
    const copy = new ViewData()
    copy.#live = structuredClone(this.#live)
    copy.#generations = structuredClone(this.#generations)
    return copy
  }

  /** A generation that still holds what its last swap left. */
  #whole(of: ViewsOf): Generation | undefined {
    const name = typeof of === "string" ? of : this.#live.get(of)
    const generation = name === undefined ? undefined : this.#generations.get(name)
    return generation !== undefined && generation.counts === countsOf(generation) ? generation : undefined
  }
}

/** The parts of a generation that can be lost separately. */
export const VIEW_PARTS = ["documents", "keys", "guilds", ...BOARDS] as const
export type ViewPart = (typeof VIEW_PARTS)[number]

function partOf(generation: Generation, part: ViewPart): Map<string, unknown> | Set<string> {
  if (part === "documents") return generation.documents
  if (part === "guilds") return generation.lists.guilds
  if (part !== "keys") return generation.scores[part]
  return [...generation.buckets.values()][0] ?? new Map()
}

function countsOf({ documents, buckets, lists, scores }: Generation): string {
  const keys = [...buckets].map(([bucket, entries]) => [bucket, entries.size])
  const boards = BOARDS.map(board => scores[board].size)
  return JSON.stringify([documents.size, keys, lists.guilds.size, boards])
}

function newGeneration(checkpoint: Checkpoint): Generation {
  const lists = { guilds: new Set<string>() }
  const scores = {
    gold: new Map<string, number>(),
    swords: new Map<string, number>(),
    monsters: new Map<string, number>(),
    guildSize: new Map<string, number>(),
  }
  return { checkpoint, counts: "", documents: new Map(), buckets: new Map(), lists, scores }
}

function findKey({ checkpoint, buckets }: Generation, id: string): string | null {
  for (const [bucket, entries] of buckets) {
    const kept = bucket >= checkpoint.firstBucket && bucket <= checkpoint.lastBucket
    const entry = kept ? entries.get(id) : undefined
    if (entry !== undefined) return entry
  }
  return null
}

function write(generation: Generation, to: Checkpoint, writes: ViewWrites): void {
  const { documents, keys, lists, scores } = writes
  generation.checkpoint = to
  for (const [name, text] of documents) generation.documents.set(name, text)
  for (const { bucket, id, entry } of keys) {
    const entries = generation.buckets.get(bucket) ?? new Map<string, string>()
    generation.buckets.set(bucket, entries.set(id, entry))
  }
  for (const bucket of [...generation.buckets.keys()]) {
    if (bucket < to.firstBucket) generation.buckets.delete(bucket)
  }
  for (const id of lists.guilds.remove) generation.lists.guilds.delete(id)
  for (const id of lists.guilds.add) generation.lists.guilds.add(id)
  for (const board of BOARDS) {
    for (const id of scores[board].remove) generation.scores[board].delete(id)
    for (const { id, score } of scores[board].set) generation.scores[board].set(id, score)
  }
  generation.counts = countsOf(generation)
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
