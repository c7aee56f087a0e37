import { type Aggregate, parseAggregate } from "../domain/aggregates.js"
import type { GameEvent } from "../domain/events.js"
import type { Goods } from "../domain/goods.js"
import type { Judged } from "../log/judged.js"
import type { Document } from "../projections/document.js"

/** What players get from each other, less what they give. */
export interface HandedOver {
  readonly gold: bigint
  readonly swords: bigint
}

const NOTHING: HandedOver = { gold: 0n, swords: 0n }

/** What a player gets by a gift or a trade. Over both of its players it adds up to nothing. */
export function handedTo(player: string, { type, data }: GameEvent): HandedOver {
  if (type === "GiftGiven") {
    const gift = { gold: BigInt(data.gold ?? 0), swords: data.swordType === null ? 0n : 1n }
    return player === data.to ? gift : less(NOTHING, gift)
  }
  if (type !== "TradeMade") return NOTHING
  const [gives, wants] = [sumOf(data.gives), sumOf(data.wants)]
  return player === data.from ? less(wants, gives) : less(gives, wants)
}

function less(one: HandedOver, other: HandedOver): HandedOver {
  return { gold: one.gold - other.gold, swords: one.swords - other.swords }
}

function sumOf({ gold, swords }: Goods): HandedOver {
  const counts = swords.map(({ count }) => BigInt(count))
  return { gold: BigInt(gold), swords: counts.reduce((sum, count) => sum + count, 0n) }
}

/**
 * Each player that a record changed, with each event that did. `document` returns an aggregate as of after the record:
 * events do not change a frozen one.
 */
export function* playerChanges(
  { offset, effect }: Judged,
  document: (aggregate: Aggregate) => Document,
): Generator<{ readonly player: string; readonly event: GameEvent }> {
  if (effect?.kind !== "events") return
  for (const [aggregate, events] of effect.byAggregate) {
    const name = parseAggregate(aggregate)
    const { frozen } = document(aggregate)
    if (name?.kind !== "player" || (frozen !== undefined && frozen.offset <= offset)) continue
    for (const { event } of events) yield { player: name.id, event }
  }
}
