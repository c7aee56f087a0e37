import type { Goods } from "../domain/goods.js"

const PAYLOAD = "refusal { code } position replayed"
const PLAYER = "player { id gold }"
const MEMBER = "player { id gold guild { id } }"
const FIGHTER = "player { id gold health }"
export const GOODS = "{ gold swords { count sword { type } } }"
const TRADE = `trade { id state from { id } to { id } gives ${GOODS} wants ${GOODS} }`

/** The load's mutations, one document each, so that the server parses it only once. */
export const mutations = {
  registerPlayer: mutation("registerPlayer", `${PAYLOAD} ${PLAYER}`),
  grantGold: mutation("grantGold", `${PAYLOAD} ${PLAYER}`),
  buySword: mutation("buySword", `${PAYLOAD} ${PLAYER} purchase { id price sword { type } }`),
  sellSword: mutation("sellSword", `${PAYLOAD} ${PLAYER}`),
  fightMonster: mutation(
    "fightMonster",
    `${PAYLOAD} ${FIGHTER} fight { id won goldWon healthLost monster { type } }`,
  ),
  rest: mutation("rest", `${PAYLOAD} ${FIGHTER}`),
  gift: mutation(
    "gift",
    `${PAYLOAD} player: from { id gold } other: to { id gold } gift { id gold sword { type } }`,
  ),
  offerTrade: mutation("offerTrade", `${PAYLOAD} ${PLAYER} ${TRADE}`),
  acceptTrade: mutation("acceptTrade", `${PAYLOAD} ${PLAYER} ${TRADE}`),
  withdrawTrade: mutation("withdrawTrade", `${PAYLOAD} ${PLAYER} ${TRADE}`),
  foundGuild: mutation("foundGuild", `${PAYLOAD} ${MEMBER}`),
  joinGuild: mutation("joinGuild", `${PAYLOAD} ${MEMBER}`),
  leaveGuild: mutation("leaveGuild", `${PAYLOAD} ${MEMBER}`),
} as const

export type MutationName = keyof typeof mutations

function mutation(name: string, selection: string): string {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  return `mutation Load($input: ${type}!) { answer: ${name}(input: $input) { ${selection} } }`
}

export interface MutationPayload {
  readonly refusal: { readonly code: string } | null
  readonly position: string
  readonly replayed: boolean
  readonly player: {
    readonly id: string
    readonly gold: number
    /** Selected only by mutations about guilds. */
    readonly guild?: { readonly id: string } | null
    /** Selected only by fights and rests. */
    readonly health?: number
  } | null
  /** The receiver of a gift. */
  readonly other?: { readonly id: string; readonly gold: number } | null
  readonly purchase?: {
    readonly id: string
    readonly price: number
    readonly sword: { readonly type: string }
  } | null
  readonly fight?: {
    readonly id: string
    readonly won: boolean
    readonly goldWon: number
    readonly healthLost: number
    readonly monster: { readonly type: string }
  } | null
  readonly gift?: {
    readonly id: string
    readonly gold: number | null
    readonly sword: { readonly type: string } | null
  } | null
  readonly trade?: TradeAnswer | null
}

/** A trade as the server shows it. */
export interface TradeAnswer {
  readonly id: string
  readonly state: string
  readonly from: { readonly id: string }
  readonly to: { readonly id: string }
  readonly gives: GoodsAnswer
  readonly wants: GoodsAnswer
}

interface GoodsAnswer {
  readonly gold: number
  readonly swords: readonly { readonly count: number; readonly sword: { readonly type: string } }[]
}

/** The goods as the load asked for them; the server answers them sorted by type. */
export function goodsOf({ gold, swords }: GoodsAnswer): Goods {
  return { gold, swords: swords.map(({ count, sword }) => ({ swordType: sword.type, count })) }
}
