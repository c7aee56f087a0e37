/** How far back it looks. */
const SECONDS = 10

interface Second {
  /** Since 1970. */
  second: number
  purchases: number
  gold: number
}

/** Purchases and gold of the last 10 s, one sum for each whole second, however many purchases there are. */
export class Recent {
  readonly #ring: Second[] = Array.from({ length: SECONDS }, () => ({ second: 0, purchases: 0, gold: 0 }))

  /** `at` in milliseconds since 1970. */
  add(gold: number, at: number): void {
    const second = Math.floor(at / 1000)
    const sum = this.#ring[second % SECONDS]
    if (sum === undefined) return
    if (sum.second !== second) Object.assign(sum, { second, purchases: 0, gold: 0 })
    sum.purchases += 1
    sum.gold += gold
  }

  of(at: number): { readonly purchases: number; readonly gold: number } {
    const now = Math.floor(at / 1000)
    const counted = this.#ring.filter(({ second }) => second > now - SECONDS && second <= now)
    return {
      purchases: counted.reduce((sum, { purchases }) => sum + purchases, 0),
      gold: counted.reduce((sum, { gold }) => sum + gold, 0),
    }
  }
}
