import { foldVersionOf } from "../../src/ports/checkpointText.js"
import {
  BOARDS,
  type Board,
  type Checkpoint,
  type ListAnswer,
  type TopAnswer,
  type ViewAnswer,
  type ViewList,
  type ViewRequest,
  type ViewWrites,
} from "../../src/ports/viewStore.js"

interface Generation {
  checkpoint: Checkpoint
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

  checkpoint(foldVersion: number): Checkpoint | null {
    return this.#generation(foldVersion)?.checkpoint ?? null
  }

  read(foldVersion: number, request: ViewRequest): ViewAnswer {
    const generation = this.#generation(foldVersion)
    return {
      checkpoint: generation?.checkpoint ?? null,
      documents: request.documents.map(name => generation?.documents.get(name) ?? null),
      keys: request.keys.map(id => (generation === undefined ? null : findKey(generation, id))),
    }
  }

  list(foldVersion: number, list: ViewList, after: string | null, limit: number): ListAnswer {
    const generation = this.#generation(foldVersion)
    if (generation === undefined) return { checkpoint: null, ids: [] }
    const ids = [...generation.lists[list]].filter(id => after === null || byBytes(id, after) > 0)
    return { checkpoint: generation.checkpoint, ids: ids.sort(byBytes).slice(0, limit) }
  }

  top(foldVersion: number, board: Board, limit: number): TopAnswer {
    const generation = this.#generation(foldVersion)
    if (generation === undefined) return { checkpoint: null, scores: [] }
    const scores = [...generation.scores[board]].map(([id, score]) => ({ id, score }))
    scores.sort((one, other) => other.score - one.score || byBytes(one.id, other.id))
    return { checkpoint: generation.checkpoint, scores: scores.slice(0, limit) }
  }

  swap(from: Checkpoint | null, to: Checkpoint, writes: ViewWrites): boolean {
    const foldVersion = foldVersionOf(to.generation)
    const live = this.#generation(foldVersion)
    if (live?.checkpoint.generation !== from?.generation) return false
    if (live?.checkpoint.offset !== from?.offset) return false
    const generation = live ?? newGeneration(to)
    write(generation, to, writes)
    this.#generations.set(to.generation, generation)
    this.#live.set(foldVersion, to.generation)
    return true
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

  #generation(foldVersion: number): Generation | undefined {
    const name = this.#live.get(foldVersion)
    return name === undefined ? undefined : this.#generations.get(name)
  }
}

function newGeneration(checkpoint: Checkpoint): Generation {
  const lists = { guilds: new Set<string>() }
  const scores = {
    gold: new Map<string, number>(),
    swords: new Map<string, number>(),
    guildSize: new Map<string, number>(),
  }
  return { checkpoint, documents: new Map(), buckets: new Map(), lists, scores }
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
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
