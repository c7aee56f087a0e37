/** What an answer may show: from `low` to `high`, both inclusive. */
export interface AmountRange {
  readonly low: number
  readonly high: number
}

export interface BalanceChange {
  readonly adds: number
  readonly takes: number
}

/** An amount that several commands in flight change: exact once all are answered, a range until then. */
export class Balance {
  #base: number
  /** Acknowledged. */
  #added = 0
  #taken = 0
  /** Of commands acknowledged, in flight or in doubt. */
  #mayAdd = 0
  #mayTake = 0

  constructor(base = 0) {
    this.#base = base
  }

  /** The amount once nothing is in flight. */
  get value(): number {
    return this.#base + this.#added - this.#taken
  }

  /** A command that may make this change is about to be sent. */
  ask({ adds, takes }: BalanceChange): void {
    this.#mayAdd += adds
    this.#mayTake += takes
  }

  /** It has certainly not made the change. */
  release({ adds, takes }: BalanceChange): void {
    this.#mayAdd -= adds
    this.#mayTake -= takes
  }

  apply({ adds, takes }: BalanceChange): void {
    this.#added += adds
    this.#taken += takes
  }

  /** The range for a command that was sent before anything was known of an amount that began at 0. */
  get sinceNothing(): AmountRange {
    return { low: -this.#mayTake, high: this.#mayAdd }
  }

  /**
   * To be called when a command is sent. The function it returns, called once the answer has come, gives the
   * range that the answer may show: everything acknowledged before the command was sent had happened, and
   * nothing that had not been sent by the time of the answer.
   */
  watch(): () => AmountRange {
    const low = this.#base + this.#added
    const high = this.#base - this.#taken
    return () => ({ low: low - this.#mayTake, high: high + this.#mayAdd })
  }
}
