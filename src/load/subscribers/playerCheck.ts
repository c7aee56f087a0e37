import type { CursorNotice } from "../../client/follow.js"
import type { EventName } from "../../domain/events.js"
import type { LoadCommand } from "../command.js"
import type { MutationName } from "../mutations.js"
import type { Checking, Deed, NoticeCheck } from "./check.js"

export interface HeardPlayer extends CursorNotice {
  /** Null in a heartbeat. */
  readonly eventType: string | null
}

/** The event that each mutation causes for its players. */
const EVENT_OF: Readonly<Record<MutationName, EventName>> = {
  registerPlayer: "PlayerRegistered",
  grantGold: "GoldGranted",
  buySword: "SwordBought",
  sellSword: "SwordSold",
  fightMonster: "MonsterFought",
  rest: "PlayerRested",
  gift: "GiftGiven",
  offerTrade: "TradeOffered",
  acceptTrade: "TradeMade",
  withdrawTrade: "TradeWithdrawn",
  foundGuild: "GuildFounded",
  joinGuild: "GuildJoined",
  leaveGuild: "GuildLeft",
}

/** The deeds and the notices of one event type: whichever are ahead wait for their counterparts. */
interface Count {
  answered: number
  received: number
  /**
   * The times of the answers, or of the notices, without a counterpart, in milliseconds of performance.now().
   */
  readonly waiting: number[]
}

/**
 * Checks that a subscriber of playerChanged gets one notice for each answered deed of its player, by event
 * type. A notice does not say which deed it belongs to, so the first notice is matched with the first answer.
 * More notices of a type than answers are right only for commands whose outcome stays unknown to the end.
 */
export class PlayerCheck implements NoticeCheck<HeardPlayer> {
  readonly #checking: Checking
  readonly #player: string
  readonly #counts = new Map<string, Count>()
  #lastCursor: string | null = null

  constructor(player: string, checking: Checking) {
    this.#player = player
    this.#checking = checking
  }

  get isComplete(): boolean {
    return [...this.#counts.values()].every(({ answered, received }) => received >= answered)
  }

  promised({ command, answeredAt }: Deed): void {
    const count = this.#count(EVENT_OF[command.name])
    count.answered += 1
    if (count.answered > count.received) count.waiting.push(answeredAt)
    else if (count.waiting.shift() !== undefined) this.#checking.latencies.add(0)
  }

  received({ cursor, eventType }: HeardPlayer, at: number): boolean {
    if (eventType === null) return false
    if (cursor === this.#lastCursor) this.#checking.find("doubled", `${eventType} came twice`)
    else this.#take(eventType, at)
    this.#lastCursor = cursor
    return true
  }

  end(): void {
    for (const [type, { answered, received }] of this.#counts) {
      const most = answered + this.#possiblyMore(type)
      const expected = most === answered ? `${answered}` : `${answered} to ${most}`
      const text = `${type}: expected ${expected}, received ${received}`
      if (received < answered) this.#checking.find("missed", text)
      if (received > most) this.#checking.find("doubled", text)
    }
  }

  /**
   * How many more of a type may have happened: by commands in doubt, and GuildDissolved when the last member
   * leaves.
   */
  #possiblyMore(type: string): number {
    if (type === "GuildDissolved") return this.#count("GuildLeft").received
    const { inDoubt } = this.#checking.ledger
    const isAboutIt = ({ player, other }: LoadCommand) => player === this.#player || other === this.#player
    return inDoubt.filter(command => isAboutIt(command) && EVENT_OF[command.name] === type).length
  }

  #take(eventType: string, at: number): void {
    const count = this.#count(eventType)
    count.received += 1
    if (count.received > count.answered) {
      count.waiting.push(at)
      return
    }
    const answeredAt = count.waiting.shift()
    if (answeredAt !== undefined) this.#checking.latencies.add(at - answeredAt)
  }

  #count(type: string): Count {
    const count = this.#counts.get(type) ?? { answered: 0, received: 0, waiting: [] }
    this.#counts.set(type, count)
    return count
  }
}
