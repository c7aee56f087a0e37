import type { Goods } from "../domain/goods.js"
import { goldGoods, type LoadTrade, swordGoods } from "./move.js"
import type { MutationName, MutationPayload } from "./mutations.js"

/** One mutation. Every retry sends the same input under the same key. */
export interface LoadCommand {
  readonly name: MutationName
  /** The acting player, who owns the key. */
  readonly player: string
  /** The other player that it changes. */
  readonly other?: string
  /** The mutation's input, without the key. */
  readonly input: Readonly<Record<string, string | number | Goods>>
  readonly key: string
  /** How much gold it may move: the price, the amount granted, the reward, or 0. */
  readonly gold: number
  /** The guild that it concerns, or null. */
  readonly guild: string | null
  /** The open trade that it accepts or withdraws. */
  readonly trade?: LoadTrade
}

/** What the server has promised with an answer. `other`: the other player that it changed. */
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
  | { readonly kind: "sale"; readonly player: string; readonly swordType: string; readonly price: number }
  /** The gold won, and the health that is left. */
  | {
      readonly kind: "fight"
      readonly player: string
      readonly id: string
      readonly gold: number
      readonly health: number
    }
  | { readonly kind: "rest"; readonly player: string; readonly health: number }
  | {
      readonly kind: "gift"
      readonly player: string
      readonly other: string
      readonly id: string
      readonly goods: Goods
    }
  | ({ readonly kind: "offer" } & TradeEffect)
  /** The player has accepted what the other one offered. */
  | ({ readonly kind: "trade" } & TradeEffect)
  | {
      readonly kind: "withdrawal"
      readonly player: string
      readonly other: string
      readonly id: string
      readonly from: string
      readonly to: string
    }

/** `gives` and `wants` are the offerer's. */
interface TradeEffect {
  readonly player: string
  readonly other: string
  readonly id: string
  readonly gives: Goods
  readonly wants: Goods
}

/** What a command's answer promises; null if it was refused, or promises nothing that the ledger keeps. */
export function effectOf(command: LoadCommand, payload: MutationPayload): PromisedEffect | null {
  if (payload.refusal !== null) return null
  const { name, player, other = "", gold, guild, input, trade } = command
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
    case "sellSword":
      return { kind: "sale", player, swordType: String(input.swordType), price: gold }
    case "fightMonster": {
      const { fight, player: now } = payload
      if (!fight) return null
      return { kind: "fight", player, id: fight.id, gold: fight.goldWon, health: now?.health ?? 0 }
    }
    case "rest":
      return { kind: "rest", player, health: payload.player?.health ?? 0 }
    case "gift":
      return payload.gift ? { kind: "gift", player, other, id: payload.gift.id, goods: giftOf(input) } : null
    case "offerTrade": {
      const { gives, wants } = input
      if (!payload.trade || !isGoods(gives) || !isGoods(wants)) return null
      return { kind: "offer", player, other, id: payload.trade.id, gives, wants }
    }
    case "acceptTrade":
      if (trade === undefined) return null
      return { kind: "trade", player, other, id: trade.id, gives: trade.gives, wants: trade.wants }
    case "withdrawTrade":
      if (trade === undefined) return null
      return { kind: "withdrawal", player, other, id: trade.id, from: trade.from, to: trade.to }
    case "foundGuild":
    case "joinGuild":
      return { kind: "guild", player, guild }
    case "leaveGuild":
      return { kind: "guild", player, guild: null }
  }
}

function isGoods(value: unknown): value is Goods {
  return typeof value === "object" && value !== null
}

export function isAboutGuild({ name }: LoadCommand): boolean {
  return name === "foundGuild" || name === "joinGuild" || name === "leaveGuild"
}

/** Whether it depends on the player's health and changes it. */
export function isAboutHealth({ name }: LoadCommand): boolean {
  return name === "fightMonster" || name === "rest"
}

/** What a gift of this input gives. */
export function giftOf({ gold, swordType }: LoadCommand["input"]): Goods {
  return typeof gold === "number" ? goldGoods(gold) : swordGoods(String(swordType))
}
