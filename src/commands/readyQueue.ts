import type { AggregateQueue } from "./aggregateQueue.js"
import type { PendingCommand } from "./pendingCommand.js"

/** The heads of queues, in order of arrival: a small binary heap. */
export class ReadyQueue {
  readonly #heap: { readonly pending: PendingCommand; readonly queue: AggregateQueue }[] = []
  /** The commands in the heap: one at the head of several queues is added once. */
  readonly #held = new Set<PendingCommand>()

  addHead(queue: AggregateQueue): void {
    const pending = queue.head()
    if (pending === null || this.#held.has(pending)) return
    this.#held.add(pending)
    const heap = this.#heap
    let place = heap.length
    const added = { pending, queue }
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || parent.pending.seq <= pending.seq) break
      heap[place] = parent
      place = above
    }
    heap[place] = added
  }

  next(): PendingCommand | null {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined) return null
    if (heap.length > 0) this.#sink(last)
    this.#held.delete(first.pending)
    return first.pending
  }

  /** The queues whose heads were not taken. */
  rest(): AggregateQueue[] {
    return this.#heap.map(({ queue }) => queue)
  }

  #sink(item: { readonly pending: PendingCommand; readonly queue: AggregateQueue }): void {
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
