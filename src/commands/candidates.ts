import type { Lane } from "./lane.js"
import type { Pending } from "./pending.js"

/** The heads of lanes, the one that arrived first first; a small binary heap. */
export class Candidates {
  readonly #heap: { readonly pending: Pending; readonly lane: Lane }[] = []
  /** What the heap holds: a command at the head of several lanes is looked at once. */
  readonly #held = new Set<Pending>()

  addHead(lane: Lane): void {
    const pending = lane.head()
    if (pending === null || this.#held.has(pending)) return
    this.#held.add(pending)
    const heap = this.#heap
    let place = heap.length
    const added = { pending, lane }
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || parent.pending.seq <= pending.seq) break
      heap[place] = parent
      place = above
    }
    heap[place] = added
  }

  next(): Pending | null {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined) return null
    if (heap.length > 0) this.#sink(last)
    this.#held.delete(first.pending)
    return first.pending
  }

  /** The lanes that nobody looked at. */
  rest(): Lane[] {
    return this.#heap.map(({ lane }) => lane)
  }

  #sink(item: { readonly pending: Pending; readonly lane: Lane }): void {
    const heap = this.#heap
    let place = 0
    for (;;) {
      const left = heap[2 * place + 1]
      const right = heap[2 * place + 2]
      if (left === undefined) break
      const useRight = right !== undefined && right.pending.seq < left.pending.seq
      const child = useRight ? right : left
      if (child.pending.seq >= item.pending.seq) break
      heap[place] = child
      place = 2 * place + (useRight ? 2 : 1)
    }
    heap[place] = item
  }
}
