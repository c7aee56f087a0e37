import { isRecord } from "../lib/json.js"
import { catalogueType, type Field, field, GOLD_MAX, gold, integer } from "./kinds.js"

/** Gold and swords that change hands together. Swords are sorted by type, each type stands there once. */
export interface Goods {
  /** In whole coins. */
  readonly gold: number
  readonly swords: readonly SwordCount[]
}

export interface SwordCount {
  readonly swordType: string
  /** At least 1. */
  readonly count: number
}

/** What a sword of a type was bought for. */
export interface SwordPrice {
  readonly swordType: string
  readonly price: number
}

/** At most this many types of swords on one side of a trade, so that documents and commits stay small. */
export const GOODS_TYPES_MAX = 10

/** At most this many swords of one type on one side of a trade. */
export const SWORD_COUNT_MAX = 1_000_000

const count = integer(1, SWORD_COUNT_MAX)
const amount = gold(0, GOLD_MAX)

const LIMITS =
  `gold ${amount.limits}, and at most ${GOODS_TYPES_MAX} sword types, each once, with a count of ` +
  `${count.limits}`

export const goods: Field<Goods> = (() => {
  const kind = field<Goods>({
    name: "goods",
    expected: `goods: ${LIMITS}, sorted by type`,
    limits: null,
    is: (value): value is Goods =>
      hasKeys(value, "gold", "swords") &&
      amount.is(value.gold) &&
      isSorted(value.swords, GOODS_TYPES_MAX, isCount),
    schema: objectOf({ gold: amount.schema, swords: listOf(GOODS_TYPES_MAX, { count: count.schema }) }),
  })
  return { ...kind, input: { ...kind.input, expected: `goods: ${LIMITS}`, form: formGoods } }
})()

/** The prices of the swords that change hands: sorted by type, each type once. */
export const swordPrices: Field<readonly SwordPrice[]> = field({
  name: "prices",
  expected: `the prices of at most ${2 * GOODS_TYPES_MAX} sword types, each once, sorted by type`,
  limits: null,
  is: (value): value is readonly SwordPrice[] => isSorted(value, 2 * GOODS_TYPES_MAX, isPrice),
  schema: listOf(2 * GOODS_TYPES_MAX, { price: amount.schema }),
})

function isCount(value: unknown): value is SwordCount {
  return hasKeys(value, "swordType", "count") && catalogueType.is(value.swordType) && count.is(value.count)
}

function isPrice(value: unknown): value is SwordPrice {
  return hasKeys(value, "swordType", "price") && catalogueType.is(value.swordType) && amount.is(value.price)
}

/** Whether a value is a list of at most `max` such elements, in ascending order of their types. */
function isSorted<T extends { readonly swordType: string }>(
  value: unknown,
  max: number,
  is: (element: unknown) => element is T,
): value is readonly T[] {
  if (!Array.isArray(value) || value.length > max || !value.every(is)) return false
  return value.every(({ swordType }, i) => i === 0 || (value[i - 1]?.swordType ?? "") < swordType)
}

/** Whether a value is an object with exactly these keys. */
function hasKeys<K extends string>(value: unknown, ...keys: K[]): value is Record<K, unknown> {
  if (!isRecord(value)) return false
  return Object.keys(value).length === keys.length && keys.every(key => Object.hasOwn(value, key))
}

/** A client may leave out gold or swords, and list the swords in any order. */
function formGoods(given: unknown): unknown {
  if (typeof given !== "object" || given === null) return given
  const { gold, swords } = given as { readonly gold?: unknown; readonly swords?: unknown }
  const list = swords ?? []
  if (!Array.isArray(list) || !list.every(isCount)) return given
  const formed = list.map(({ swordType, count }) => ({ swordType, count }))
  return { gold: gold ?? 0, swords: formed.sort(byType) }
}

export function byType(one: { readonly swordType: string }, other: { readonly swordType: string }): number {
  if (one.swordType === other.swordType) return 0
  return one.swordType < other.swordType ? -1 : 1
}

function objectOf(properties: Readonly<Record<string, object>>) {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false }
}

function listOf(maxItems: number, properties: Readonly<Record<string, object>>) {
  return { type: "array", maxItems, items: objectOf({ swordType: catalogueType.schema, ...properties }) }
}
