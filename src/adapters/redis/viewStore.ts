import { Fault } from "../../ports/faults.js"
import {
  type Board,
  type Checkpoint,
  type ListAnswer,
  type Score,
  type TopAnswer,
  USED_SHARE_MAX,
  type ViewAnswer,
  type ViewList,
  type ViewRequest,
  type ViewStore,
  type ViewsOf,
  type ViewWrites,
} from "../../ports/viewStore.js"
import { assertSwap, CheckpointReader, foldVersionOf, placeOf } from "../../projections/checkpointText.js"
import { assertScores } from "../../projections/scores.js"
import { RedisConnection, type RedisConnectionOptions } from "./connection.js"
import { olderPointerKeys, pointerKey, realmPrefix, swapCall } from "./layout.js"
import { COUNT, LIST, READ, type Script, SWAP, TOP } from "./scripts.js"

export interface RedisViewStoreOptions extends Pick<RedisConnectionOptions, "url" | "logger"> {
  readonly realm: number
  /** Aborts the opening: the store is then closed. */
  readonly signal?: AbortSignal | undefined
}

/** Redis accepts a million arguments in one call. */
const SWAP_ARGUMENTS_MAX = 1_000_000

/**
 * Opens the views of one realm in Redis: each answer and each swap is one Lua call. While Redis is unreachable or
 * unusable, calls throw VIEWS_UNAVAILABLE at once, an unanswered call after 2 s; the store recovers by itself.
 * Throws VIEWS_UNAVAILABLE when Redis refuses the credentials or would evict keys, an Error when the URL is invalid.
 */
export async function openRedisViewStore(options: RedisViewStoreOptions): Promise<ViewStore> {
  const { url, realm, logger, signal } = options
  const connection = new RedisConnection({ url, name: `guildhall/${realm}`, logger })
  const giveUp = () => void connection.close()
  signal?.addEventListener("abort", giveUp)
  try {
    await connection.opened()
    return new RedisViewStore(connection, realm)
  } finally {
    signal?.removeEventListener("abort", giveUp)
  }
}

class RedisViewStore implements ViewStore {
  readonly #connection: RedisConnection
  readonly #realm: number
  readonly #prefix: string
  readonly #checkpoints: CheckpointReader

  constructor(connection: RedisConnection, realm: number) {
    this.#connection = connection
    this.#realm = realm
    this.#prefix = realmPrefix(realm)
    this.#checkpoints = new CheckpointReader(realm)
  }

  async read(of: ViewsOf, { documents, keys }: ViewRequest): Promise<ViewAnswer> {
    const args = [documents.length, ...documents, ...keys]
    const { text, rest } = split(await this.#resolve(READ, of, args))
    const checkpoint = text === null ? null : this.#parse(text, of)
    if (checkpoint !== null && rest.length !== documents.length + keys.length) {
      const message = `expected ${documents.length} documents and ${keys.length} keys, got ${rest.length} texts`
      throw new Fault("VIEWS_UNAVAILABLE", `${this.#place(of)}: ${message}`)
    }
    return {
      checkpoint,
      documents: documents.map((_, i) => rest[i] ?? null),
      keys: keys.map((_, i) => rest[documents.length + i] ?? null),
    }
  }

  async list(foldVersion: number, list: ViewList, after: string | null, limit: number): Promise<ListAnswer> {
    const args = [list, after === null ? "-" : `(${after}`, limit]
    const { text, rest } = split(await this.#resolve(LIST, foldVersion, args))
    return {
      checkpoint: text === null ? null : this.#parse(text, foldVersion),
      ids: rest.filter(id => id !== null),
    }
  }

  async top(foldVersion: number, board: Board, limit: number): Promise<TopAnswer> {
    const { text, rest } = split(await this.#resolve(TOP, foldVersion, [board, limit]))
    return {
      checkpoint: text === null ? null : this.#parse(text, foldVersion),
      scores: scoresOf(rest),
    }
  }

  async swap(
    from: Checkpoint | null,
    to: Checkpoint,
    writes: ViewWrites,
    replaces: string | null = null,
  ): Promise<boolean> {
    assertSwap(this.#realm, from, to, replaces)
    assertScores(writes)
    if (from === null && (replaces !== null || (await this.#hasOlder(to)))) await this.#assertRoom(to)
    const { keys, args } = swapCall(this.#prefix, { from, to, writes, replaces })
    if (args.length > SWAP_ARGUMENTS_MAX) {
      throw new Error(
        `swap to ${to.generation}@${to.offset}: expected at most ${SWAP_ARGUMENTS_MAX} arguments`,
      )
    }
    return (await this.#connection.run(SWAP, keys, args)) === 1
  }

  async usedShare(): Promise<number> {
    const { usedBytes, maxBytes } = await this.#connection.memory()
    return maxBytes === 0 ? 0 : Math.min(1, usedBytes / maxBytes)
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  /** Whether there are views of an older fold version: the build that made them may still be using them. */
  async #hasOlder({ generation }: Checkpoint): Promise<boolean> {
    const pointers = olderPointerKeys(this.#realm, foldVersionOf(generation))
    return pointers.length > 0 && Number(await this.#connection.run(COUNT, pointers, [])) > 0
  }

  /** A second generation takes at most as much memory as is used now. */
  async #assertRoom({ generation }: Checkpoint): Promise<void> {
    const { usedBytes, maxBytes } = await this.#connection.memory()
    if (maxBytes === 0 || 2 * usedBytes <= USED_SHARE_MAX * maxBytes) return
    const needed = Math.ceil((2 * usedBytes) / USED_SHARE_MAX)
    const memory = `${usedBytes} bytes used of maxmemory ${maxBytes}`
    throw new Fault(
      "VIEWS_UNAVAILABLE",
      `Redis, ${this.#prefix}: no room to fill generation ${generation} beside another: ${memory}; expected ${needed}`,
    )
  }

  #resolve(script: Script, of: ViewsOf, args: readonly (string | number)[]) {
    const [foldVersion, name] = typeof of === "string" ? [foldVersionOf(of), of] : [of, ""]
    const keys = [pointerKey(this.#prefix, foldVersion)]
    return this.#connection.run(script, keys, [this.#prefix, name, ...args])
  }

  #parse(text: string, of: ViewsOf): Checkpoint {
    return this.#checkpoints.parse(text, of, this.#place(of))
  }

  #place(of: ViewsOf): string {
    return `Redis, ${this.#prefix} ${placeOf(of)}`
  }
}

/** From alternating ids and scores. */
function scoresOf(texts: readonly (string | null)[]): Score[] {
  const scores: Score[] = []
  for (let i = 0; i + 1 < texts.length; i += 2) {
    scores.push({ id: texts[i] ?? "", score: Number(texts[i + 1]) })
  }
  return scores
}

/** Splits the answer of READ, LIST and TOP into the checkpoint, or null, and what follows it. */
function split(reply: unknown): { readonly text: string | null; readonly rest: (string | null)[] } {
  const [text = null, ...rest] = Array.isArray(reply) ? reply.map(value => textOrNull(value)) : []
  return { text, rest }
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null
}
