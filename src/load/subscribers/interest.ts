import { REGIONS } from "../mix.js"

/** The kinds of what a subscriber follows; the report groups latencies by them. */
export type InterestKind = Interest["kind"]

/** One filter of a subscription. */
export type Interest =
  | { readonly kind: "all" }
  | { readonly kind: "region"; readonly region: string }
  | { readonly kind: "sword"; readonly swordType: string }
  | { readonly kind: "player"; readonly player: string }
  /** Uses playerChanged instead of purchases. */
  | { readonly kind: "playerChanged"; readonly player: string }

export const KINDS: readonly InterestKind[] = ["all", "region", "sword", "player", "playerChanged"]

/**
 * The interest of the subscriber at an index. Of every hundred, one gets all purchases, two those of a
 * region, two those of a sword, ten follow a player through playerChanged, and the rest the purchases of a
 * player. The first four each have a different kind.
 */
export function interestOf(
  index: number,
  players: readonly string[],
  swordTypes: readonly string[],
): Interest {
  const place = index % 100
  const player = players[index % players.length] ?? ""
  if (place === 0) return { kind: "all" }
  if (place === 1 || place === 51) return { kind: "region", region: ofTurn(REGIONS, index) }
  if (place === 2 || place === 52) return { kind: "sword", swordType: ofTurn(swordTypes, index) }
  return { kind: place % 10 === 3 ? "playerChanged" : "player", player }
}

/** Takes the items in turn, for a kind that occurs twice in a hundred. */
function ofTurn<T>(items: readonly T[], index: number): T {
  const item = items[Math.floor(index / 50) % items.length]
  if (item === undefined) throw new Error("nothing to choose from")
  return item
}

/** Its name in reports. */
export function nameOf(interest: Interest): string {
  switch (interest.kind) {
    case "all":
      return "all"
    case "region":
      return `region ${interest.region}`
    case "sword":
      return `sword ${interest.swordType}`
    default:
      return `${interest.kind} ${interest.player}`
  }
}

const PURCHASES = `subscription Load($filter: PurchaseFilter, $after: Cursor) {
  notice: purchases(filter: $filter, after: $after, heartbeat: true) {
    cursor
    purchase { id price region sword { type } player { id } }
  }
}`

const PLAYER = `subscription Load($id: ID!, $after: Cursor) {
  notice: playerChanged(id: $id, after: $after, heartbeat: true) { cursor eventType }
}`

/** The subscription of an interest. There are few documents, so that the server parses each only once. */
export function requestOf(interest: Interest): {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
} {
  switch (interest.kind) {
    case "all":
      return { query: PURCHASES, variables: { filter: null } }
    case "region":
      return { query: PURCHASES, variables: { filter: { region: interest.region } } }
    case "sword":
      return { query: PURCHASES, variables: { filter: { swordType: interest.swordType } } }
    case "player":
      return { query: PURCHASES, variables: { filter: { playerId: interest.player } } }
    case "playerChanged":
      return { query: PLAYER, variables: { id: interest.player } }
  }
}
