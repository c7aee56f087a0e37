import type { CursorNotice } from "../../client/follow.js"
import type { EventName } from "../../domain/events.js"
import type { MutationName } from "../mutations.js"
import type { Checking, Deed, NoticeCheck } from "./check.js"

export interface HeardPlayer extends CursorNotice {
  /** Null in a heartbeat. */
  readonly eventType: string | null
}

/** What a mutation makes its player go through. */
const EVENT_OF: Readonly<Record<MutationName, EventName>> = {
  registerPlayer: "PlayerRegistered",
  grantGold: "GoldGranted",
  buySword: "SwordBought",
  foundGuild: "GuildFounded",
  joinGuild: "GuildJoined",
  leaveGuild: "GuildLeft",
}

/** The deeds and the notices of one type of event: whichever are ahead wait for the others. */
interface Count {
  answered: number
  told: number
  /** When, in milliseconds of performance.now(): answers, or notices, without their counterpart. */
  readonly waiting: number[]
}

/**
 * One subscriber of playerChanged gets one notice for each answered deed of its player, by type: a notice does not say
 * of which deed it is, so the first answered is taken for the first told. More of a type than were answered may only be
 * of commands whose outcome is unknown to the end.
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
    return [...this.#counts.values()].every(({ answered, told }) => told >= answered)
  }

  promised({ command, answeredAt }: Deed): void {
    const count = this.#count(EVENT_OF[command.name])
    count.answered += 1
    if (count.answered > count.told) count.waiting.push(answeredAt)
    else if (count.waiting.shift() !== undefined) this.#checking.latencies.add(0)
  }

  told({ cursor, eventType }: HeardPlayer, at: number): boolean {
    if (eventType === null) return false
    if (cursor === this.#lastCursor) this.#checking.find("doubled", `${eventType} came twice`)
    else this.#take(eventType, at)
    this.#lastCursor = cursor
    return true
  }

  end(): void {
    for (const [type, { answered, told }] of this.#counts) {
      const most = answered + this.#perhaps(type)
      const expected = most === answered ? `${answered}` : `${answered} to ${most}`
      const text = `${type}: expected ${expected}, told ${told}`
      if (told < answered) this.#checking.find("missed", text)
      if (told > most) this.#checking.find("doubled", text)
    }
  }

  /** How many of a type may have happened besides: of commands in doubt; and who leaves last dissolves the guild. */
  #perhaps(type: string): number {
    if (type === "GuildDissolved") return this.#count("GuildLeft").told
    const { inDoubt } = this.#checking.ledger
    return inDoubt.filter(({ player, name }) => player === this.#player && EVENT_OF[name] === type).length
  }

  #take(eventType: string, at: number): void {
    const count = this.#count(eventType)
    count.told += 1
    if (count.told > count.answered) {
      count.waiting.push(at)
      return
    }
    const answeredAt = count.waiting.shift()
    if (answeredAt !== undefined) this.#checking.latencies.add(at - answeredAt)
  }

  #count(type: string): Count {
    const count = this.#counts.get(type) ?? { answered: 0, told: 0, waiting: [] }
    this.#counts.set(type, count)
    return count
  }
}
