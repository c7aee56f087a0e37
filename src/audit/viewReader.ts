import { Fault } from "../ports/faults.js"
import type {
  Board,
  Checkpoint,
  Score,
  ViewAnswer,
  ViewList,
  ViewRequest,
  ViewStore,
} from "../ports/viewStore.js"
import { FOLD_VERSION } from "../projections/foldVersion.js"

/**
 * Reads the views while a projector moves them: every answer carries its checkpoint, and checkpoints never go back.
 * Throws VIEWS_BEHIND when they do (the views were rebuilt or lost during the audit), and what the store throws.
 */
export class ViewReader {
  readonly #store: ViewStore
  #offset = 0

  constructor(store: ViewStore) {
    this.#store = store
  }

  /** Null when there are no views of this fold version. */
  async checkpoint(): Promise<Checkpoint | null> {
    const { checkpoint } = await this.#store.read(FOLD_VERSION, { documents: [], keys: [] })
    return checkpoint === null ? null : this.#forward(checkpoint)
  }

  async read(request: ViewRequest): Promise<ViewAnswer & { readonly checkpoint: Checkpoint }> {
    const answer = await this.#store.read(FOLD_VERSION, request)
    return { ...answer, checkpoint: this.#forward(answer.checkpoint) }
  }

  async list(
    list: ViewList,
    after: string | null,
    limit: number,
  ): Promise<{ checkpoint: Checkpoint; ids: readonly string[] }> {
    const { checkpoint, ids } = await this.#store.list(FOLD_VERSION, list, after, limit)
    return { checkpoint: this.#forward(checkpoint), ids }
  }

  async top(board: Board, limit: number): Promise<{ checkpoint: Checkpoint; scores: readonly Score[] }> {
    const { checkpoint, scores } = await this.#store.top(FOLD_VERSION, board, limit)
    return { checkpoint: this.#forward(checkpoint), scores }
  }

  #forward(checkpoint: Checkpoint | null): Checkpoint {
    const found = checkpoint?.offset ?? 0
    if (checkpoint === null || found < this.#offset) {
      const message = `the views went back from offset ${this.#offset} to ${found} during the audit: run it again`
      throw new Fault("VIEWS_BEHIND", message)
    }
    this.#offset = found
    return checkpoint
  }
}
