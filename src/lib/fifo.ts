/** A queue with cheap removal at the front. An array's `shift` is slow once the array is long. */
export class Fifo<T> {
  #items: (T | undefined)[] = []
  #start = 0

  get length(): number {
    return this.#items.length - this.#start
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** The item at an index, counted from 0 at the front. */
  at(index: number): T | undefined {
    return this.#items[this.#start + index]
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined
    const item = this.#items[this.#start]
    this.#items[this.#start] = undefined
    this.#start += 1
    // Compacts when half of the array is empty: on average each item is moved once.
    if (this.#start > 32 && this.#start * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#start)
      this.#start = 0
    }
    return item
  }

  /** The index of the first item that passes the test. Once an item passes, all after it must pass too. */
  firstIndex(test: (item: T) => boolean): number {
    let low = 0
    let high = this.length
    while (low < high) {
      const middle = (low + high) >> 1
      const item = this.at(middle)
      if (item !== undefined && test(item)) high = middle
      else low = middle + 1
    }
    return low
  }

  *from(index: number): IterableIterator<T> {
    for (let i = index; i < this.length; i++) {
      const item = this.at(i)
      if (item !== undefined) yield item
    }
  }
}
