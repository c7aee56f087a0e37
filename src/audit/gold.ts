import type { Aggregate } from "../domain/aggregates.js"
import type { GameEvent } from "../domain/events.js"
import type { Document } from "../log/document.js"
import type { Judged } from "../log/judged.js"

/** Where the realm's gold came from and went, in whole coins; exact beyond 2^53. */
export interface GoldAccount {
  readonly start: bigint
  readonly granted: bigint
  readonly spent: bigint
}

type Flow = keyof GoldAccount

/** Which way an event moves gold into or out of the realm, and how much; null when it does not. */
function flowOf(event: GameEvent): { readonly flow: Flow; readonly amount: number } | null {
  switch (event.type) {
    case "PlayerRegistered":
      return { flow: "start", amount: event.data.gold }
    case "GoldGranted":
      return { flow: "granted", amount: event.data.amount }
    case "SwordBought":
      return { flow: "spent", amount: event.data.price }
    case "GuildFounded":
    case "GuildJoined":
    case "GuildLeft":
    case "GuildDissolved":
      return null
  }
}

/** Keeps the realm's account from the events alone, beside the fold, so that the one proves the other. */
export class GoldLedger {
  readonly #sums: Record<Flow, bigint> = { start: 0n, granted: 0n, spent: 0n }

  get account(): GoldAccount {
    return this.#sums
  }

  /** What all players together must have. */
  get expected(): bigint {
    const { start, granted, spent } = this.#sums
    return start + granted - spent
  }

  /** `document`: an aggregate as of after the record; the events of a frozen one did not happen to it. */
  take({ offset, effect }: Judged, document: (aggregate: Aggregate) => Document): void {
    if (effect?.kind !== "events") return
    for (const [aggregate, events] of effect.byAggregate) {
      const { frozen } = document(aggregate)
      if (frozen !== undefined && frozen.offset <= offset) continue
      for (const event of events) this.#note(aggregate, event)
    }
  }

  /** An event of two aggregates moves gold once, that of its acting player. */
  #note(aggregate: Aggregate, event: GameEvent): void {
    const moved = aggregate === `player/${event.data.player}` ? flowOf(event) : null
    if (moved !== null) this.#sums[moved.flow] += BigInt(moved.amount)
  }
}
