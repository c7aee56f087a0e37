import type { MutationName, MutationPayload } from "./mutations.js"

/** One mutation. Every retry sends the same input under the same key. */
export interface LoadCommand {
  readonly name: MutationName
  /** The acting player, who owns the key. */
  readonly player: string
  /** The mutation's input, without the key. */
  readonly input: Readonly<Record<string, string | number>>
  readonly key: string
  /** How much gold it may move: the price, the amount granted, or 0. */
  readonly gold: number
  /** The guild that it concerns, or null. */
  readonly guild: string | null
}

/** What the server has promised with an answer. */
export type PromisedEffect =
  | {
      readonly kind: "purchase"
      readonly player: string
      readonly id: string
      readonly swordType: string
      readonly price: number
    }
  | { readonly kind: "grant"; readonly player: string; readonly amount: number }
  /** The guild that the player is in from now on. */
  | { readonly kind: "guild"; readonly player: string; readonly guild: string | null }

/** What a command's answer promises; null if it was refused, or promises nothing that the ledger keeps. */
export function effectOf(
  { name, player, gold, guild }: LoadCommand,
  payload: MutationPayload,
): PromisedEffect | null {
  if (payload.refusal !== null) return null
  switch (name) {
    case "registerPlayer":
      return null
    case "grantGold":
      return { kind: "grant", player, amount: gold }
    case "buySword": {
      const { purchase } = payload
      if (!purchase) return null
      const { id, price, sword } = purchase
      return { kind: "purchase", player, id, swordType: sword.type, price }
    }
    case "foundGuild":
    case "joinGuild":
      return { kind: "guild", player, guild }
    case "leaveGuild":
      return { kind: "guild", player, guild: null }
  }
}

export function isAboutGuild({ name }: LoadCommand): boolean {
  return name === "foundGuild" || name === "joinGuild" || name === "leaveGuild"
}
