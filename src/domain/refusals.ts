/** The game's own refusals: data, not faults. Nothing was recorded; the same key may be tried again. */
export const refusalCodes = [
  "PLAYER_NOT_FOUND",
  "PLAYER_EXISTS",
  "UNKNOWN_SWORD",
  "UNKNOWN_MONSTER",
  "NOT_ENOUGH_GOLD",
  "GOLD_LIMIT",
  "SWORD_NOT_OWNED",
  "TOO_WEAK",
  "SAME_PLAYER",
  "TRADE_NOT_FOUND",
  "TRADE_LIMIT",
  "GUILD_NOT_FOUND",
  "GUILD_EXISTS",
  "GUILD_FULL",
  "ALREADY_IN_GUILD",
  "NOT_A_MEMBER",
] as const

export type RefusalCode = (typeof refusalCodes)[number]

export interface Refusal {
  readonly code: RefusalCode
  /** For a person: who wanted what, and what stands against it. */
  readonly message: string
}
