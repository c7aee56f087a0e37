import type { Goods, SwordPrice } from "./goods.js"
import { GOLD_MAX } from "./kinds.js"

/** What a player owns. */
export interface Holdings {
  /** In whole coins, from 0 to 2^53 - 1. */
  readonly gold: number
  /** Sword type to count; no entry with count 0. */
  readonly swords: Readonly<Record<string, number>>
  /** Sword type to the lowest price at which one of those held was bought; no entry for a type not held. */
  readonly swordPrices: Readonly<Record<string, number>>
}

/** How many swords of a type are held. Own entries only: a sword may be called constructor. */
export function countOf({ swords }: Pick<Holdings, "swords">, type: string): number {
  return Object.hasOwn(swords, type) ? (swords[type] ?? 0) : 0
}

/** The price of a type that is held; undefined for another. */
export function priceOf({ swordPrices }: Pick<Holdings, "swordPrices">, type: string): number | undefined {
  return Object.hasOwn(swordPrices, type) ? swordPrices[type] : undefined
}

/** One more sword of a type, bought at a price. Every purchase runs this several times. */
export function withSword(swords: Holdings["swords"], type: string): Holdings["swords"] {
  const changed: Record<string, number> = { ...swords }
  changed[type] = countOf({ swords }, type) + 1
  return changed
}

/** The same object unless the price is the lowest. */
export function withPrice(
  swordPrices: Holdings["swordPrices"],
  type: string,
  price: number,
): Holdings["swordPrices"] {
  const known = priceOf({ swordPrices }, type)
  return known !== undefined && known <= price ? swordPrices : { ...swordPrices, [type]: price }
}

/**
 * The holdings after an exchange: first `gives` go, then `gets` come, at these prices. Undefined if not all that is
 * given is held, if the gold passes the limit, or if a price is missing.
 */
export function exchanged(
  owner: Holdings,
  gives: Goods,
  gets: Goods,
  prices: readonly SwordPrice[],
): Holdings | undefined {
  // In this order, every step is exact: a sum of two balances might not be.
  const left = owner.gold - gives.gold
  if (left < 0 || left > GOLD_MAX - gets.gold) return undefined
  const swords = new Map(Object.entries(owner.swords))
  const known = new Map(Object.entries(owner.swordPrices))
  for (const { swordType, count } of gives.swords) {
    const rest = (swords.get(swordType) ?? 0) - count
    if (rest < 0) return undefined
    if (rest > 0) swords.set(swordType, rest)
    else {
      swords.delete(swordType)
      known.delete(swordType)
    }
  }
  for (const { swordType, count } of gets.swords) {
    const price = prices.find(one => one.swordType === swordType)?.price
    if (price === undefined) return undefined
    swords.set(swordType, (swords.get(swordType) ?? 0) + count)
    known.set(swordType, Math.min(price, known.get(swordType) ?? price))
  }
  return {
    gold: left + gets.gold,
    swords: Object.fromEntries(swords),
    swordPrices: Object.fromEntries(known),
  }
}
