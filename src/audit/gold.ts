import type { Aggregate } from "../domain/aggregates.js"
import type { GameEvent } from "../domain/events.js"
import type { Judged } from "../log/judged.js"
import type { Document } from "../projections/document.js"
import { handedTo, playerChanges } from "./handedOver.js"

/** Where the realm's gold came from and went, in whole coins; exact beyond 2^53. */
export interface GoldAccount {
  readonly start: bigint
  readonly granted: bigint
  readonly spent: bigint
  /** For swords that were sold. */
  readonly sold: bigint
  /** In fights. */
  readonly won: bigint
}

export type GoldFlow = keyof GoldAccount

/** All flows, in the order in which reports list them. */
export const goldFlows = ["start", "granted", "sold", "won", "spent"] as const satisfies readonly GoldFlow[]

interface GoldMove {
  readonly flow: GoldFlow
  /** The field that holds the amount. */
  readonly field: string
}

/**
 * Which way each type of event moves gold into or out of the realm; null: it does not. Gifts and trades move it between
 * players.
 */
export const goldMoves: Readonly<Record<GameEvent["type"], GoldMove | null>> = {
  PlayerRegistered: { flow: "start", field: "gold" },
  GoldGranted: { flow: "granted", field: "amount" },
  SwordBought: { flow: "spent", field: "price" },
  SwordSold: { flow: "sold", field: "price" },
  MonsterFought: { flow: "won", field: "goldWon" },
  PlayerRested: null,
  GiftGiven: null,
  TradeOffered: null,
  TradeMade: null,
  TradeWithdrawn: null,
  GuildFounded: null,
  GuildJoined: null,
  GuildLeft: null,
  GuildDissolved: null,
}

function flowOf({ type, data }: GameEvent): { readonly flow: GoldFlow; readonly amount: number } | null {
  const move = goldMoves[type]
  if (move === null) return null
  const fields: Readonly<Record<string, unknown>> = data
  return { flow: move.flow, amount: Number(fields[move.field]) }
}

/** The account as texts: sums may be beyond 2^53. */
export type GoldTexts = Readonly<Record<GoldFlow, string>>

export function goldTexts(account: GoldAccount): GoldTexts {
  const { start, granted, sold, won, spent } = account
  return { start: `${start}`, granted: `${granted}`, sold: `${sold}`, won: `${won}`, spent: `${spent}` }
}

/** Keeps the realm's account from the events alone, independently of the fold, so that the two check each other. */
export class GoldLedger {
  readonly #sums: Record<GoldFlow, bigint> = { start: 0n, granted: 0n, spent: 0n, sold: 0n, won: 0n }
  /** What players got from frozen ones, less what they gave to such. */
  #handed = 0n

  get account(): GoldAccount {
    return this.#sums
  }

  /** Notes an event that happened, whatever became of its aggregates. */
  note(event: GameEvent): void {
    const moved = flowOf(event)
    if (moved !== null) this.#sums[moved.flow] += BigInt(moved.amount)
  }

  /** What all players together must own. */
  get expected(): bigint {
    const { start, granted, spent, sold, won } = this.#sums
    return start + granted + sold + won - spent + this.#handed
  }

  /** `document` returns an aggregate as of after the record. */
  take(record: Judged, document: (aggregate: Aggregate) => Document): void {
    for (const { player, event } of playerChanges(record, document)) {
      if (player === event.data.player) this.note(event)
      this.#handed += handedTo(player, event).gold
    }
  }
}
