import type { CursorNotice } from "../../client/follow.js"
import type { LoadCommand } from "../command.js"
import type { Checking, Deed, NoticeCheck } from "./check.js"
import type { Interest } from "./interest.js"

export interface HeardPurchase extends CursorNotice {
  /** Null in a heartbeat. */
  readonly purchase: NoticedPurchase | null
}

interface NoticedPurchase {
  readonly id: string
  readonly price: number
  readonly region: string
  readonly sword: { readonly type: string }
  readonly player: { readonly id: string }
}

/** A purchase's position in the log; its id is `<offset>-<index>`. */
type OffsetAndIndex = readonly [offset: number, index: number]

/**
 * Checks that a subscriber of purchases gets exactly those within its filter that were answered, each once,
 * in the log's order. A purchase by a player of the run without an answer is right only for a command whose
 * outcome stays unknown to the end. Players of others may buy as they like.
 */
export class PurchasesCheck implements NoticeCheck<HeardPurchase> {
  readonly #interest: Interest
  readonly #checking: Checking
  /** Answered but not received yet: what it was, and when it was answered. */
  readonly #missing = new Map<string, { readonly what: string; readonly at: number }>()
  /** Received but not answered yet. */
  readonly #early = new Map<string, string>()
  #last: OffsetAndIndex = [-1, -1]

  constructor(interest: Interest, checking: Checking) {
    this.#interest = interest
    this.#checking = checking
  }

  get isComplete(): boolean {
    return this.#missing.size === 0
  }

  promised({ command, purchaseId: id, answeredAt: at }: Deed): void {
    if (id === null) return
    const what = bought(command)
    const early = this.#early.get(id)
    if (early === undefined) {
      this.#missing.set(id, { what, at })
      return
    }
    this.#early.delete(id)
    this.#compare(id, what, early)
    this.#checking.latencies.add(0)
  }

  received({ purchase }: HeardPurchase, at: number): boolean {
    if (purchase === null) return false
    if (!isWithin(this.#interest, purchase)) {
      this.#find("wrong", `purchase ${purchase.id} (${noticed(purchase)}) is outside its filter`)
    }
    if (this.#isInOrder(purchase.id)) this.#take(purchase, at)
    return true
  }

  end(): void {
    for (const [id, { what }] of this.#missing) this.#find("missed", `purchase ${id} (${what}) is missing`)
    const unknown = this.#checking.ledger.inDoubt.filter(({ name }) => name === "buySword").map(bought)
    for (const [id, what] of this.#early) {
      const place = unknown.indexOf(what)
      if (place === -1) this.#find("wrong", `purchase ${id} (${what}) was the answer to no command`)
      else unknown.splice(place, 1)
    }
  }

  /** Records a finding if it is not. True also for one out of order but new; false for a duplicate. */
  #isInOrder(id: string): boolean {
    const place = placeOf(id)
    if (place === null) {
      this.#find("wrong", `expected a purchase's id <offset>-<index>, got ${id}`)
      return false
    }
    if (isBefore(this.#last, place)) {
      this.#last = place
      return true
    }
    const isNew = this.#missing.has(id) || !(this.#early.has(id) || this.#checking.ledger.isPromised(id))
    const isDoubled = !isNew || id === this.#last.join("-")
    if (isDoubled) this.#find("doubled", `purchase ${id} came twice`)
    else this.#find("outOfOrder", `purchase ${id} came after ${this.#last.join("-")}`)
    return !isDoubled
  }

  #take(purchase: NoticedPurchase, at: number): void {
    const { id } = purchase
    const what = noticed(purchase)
    const missing = this.#missing.get(id)
    if (missing !== undefined) {
      this.#missing.delete(id)
      this.#compare(id, missing.what, what)
      this.#checking.latencies.add(at - missing.at)
    } else if (this.#checking.ledger.account(purchase.player.id) !== undefined) {
      this.#early.set(id, what)
    }
  }

  #compare(id: string, answered: string, received: string): void {
    if (answered !== received)
      this.#find("wrong", `purchase ${id}: expected ${answered}, received ${received}`)
  }

  #find(finding: "missed" | "doubled" | "outOfOrder" | "wrong", text: string): void {
    this.#checking.find(finding, text)
  }
}

function bought({ player, input, gold }: LoadCommand): string {
  return `${player} ${input.swordType} ${gold} ${input.region}`
}

function noticed({ player, sword, price, region }: NoticedPurchase): string {
  return `${player.id} ${sword.type} ${price} ${region}`
}

function isWithin(interest: Interest, { player, region, sword }: NoticedPurchase): boolean {
  switch (interest.kind) {
    case "all":
      return true
    case "region":
      return interest.region === region
    case "sword":
      return interest.swordType === sword.type
    case "player":
    case "playerChanged":
      return interest.player === player.id
  }
}

function placeOf(id: string): OffsetAndIndex | null {
  const [, offset, index] = /^(\d{1,15})-(\d{1,6})$/.exec(id) ?? []
  return offset === undefined ? null : [Number(offset), Number(index)]
}

function isBefore([offset, index]: OffsetAndIndex, [otherOffset, otherIndex]: OffsetAndIndex): boolean {
  return offset < otherOffset || (offset === otherOffset && index < otherIndex)
}
