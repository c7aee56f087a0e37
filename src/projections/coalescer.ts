import type { Clock } from "../lib/clock.js"
import { histogram } from "../lib/metrics.js"
import type { ViewAnswer, ViewStore } from "../ports/viewStore.js"
import { FOLD_VERSION } from "./foldVersion.js"

/** At most this many names in one call of the store. */
const NAMES_MAX = 1000

interface Waiting {
  readonly documents: readonly string[]
  readonly keys: readonly string[]
  readonly resolve: (answer: ViewAnswer) => void
  readonly reject: (error: unknown) => void
}

/** Requests of the same turn share one call to the view store; each gets its part of the one atomic answer. */
export class Coalescer {
  readonly calls = histogram(
    "guildhall_view_store_read_duration_seconds",
    "Read calls to the view store, by outcome; requests of one turn share a call.",
    ["outcome"],
    [{ outcome: "answered" }, { outcome: "failed" }],
  )
  readonly #store: ViewStore
  readonly #clock: Clock
  #waiting: Waiting[] = []

  constructor(store: ViewStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Throws what `ViewStore.read` throws. */
  read(documents: readonly string[], keys: readonly string[]): Promise<ViewAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) this.#clock.soon(() => this.#flush())
      this.#waiting.push({ documents, keys, resolve, reject })
    })
  }

  #flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    let group: Waiting[] = []
    let names = 0
    for (const one of waiting) {
      group.push(one)
      names += one.documents.length + one.keys.length
      if (names < NAMES_MAX) continue
      void this.#ask(group)
      group = []
      names = 0
    }
    if (group.length > 0) void this.#ask(group)
  }

  async #ask(group: readonly Waiting[]): Promise<void> {
    const documents = [...new Set(group.flatMap(one => one.documents))]
    const keys = [...new Set(group.flatMap(one => one.keys))]
    try {
      const answer = await this.#call(documents, keys)
      const byDocument = new Map(documents.map((name, i) => [name, answer.documents[i] ?? null]))
      const byKey = new Map(keys.map((id, i) => [id, answer.keys[i] ?? null]))
      for (const one of group) {
        one.resolve({
          checkpoint: answer.checkpoint,
          documents: one.documents.map(name => byDocument.get(name) ?? null),
          keys: one.keys.map(id => byKey.get(id) ?? null),
        })
      }
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }

  async #call(documents: readonly string[], keys: readonly string[]): Promise<ViewAnswer> {
    const askedAt = this.#clock.now()
    let outcome = "failed"
    try {
      const answer = await this.#store.read(FOLD_VERSION, { documents, keys })
      outcome = "answered"
      return answer
    } finally {
      this.calls.observe({ outcome }, (this.#clock.now() - askedAt) / 1000)
    }
  }
}
