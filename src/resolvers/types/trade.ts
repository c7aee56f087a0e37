import "reflect-metadata"
import { Field, ID, ObjectType, registerEnumType } from "type-graphql"
import type { Prefix } from "../../history/asOf.js"
import { GoodsType } from "./goods.js"

export type TradeState = "OPEN" | "MADE" | "WITHDRAWN"

export const TradeStateType: Record<TradeState, TradeState> = {
  OPEN: "OPEN",
  MADE: "MADE",
  WITHDRAWN: "WITHDRAWN",
}
registerEnumType(TradeStateType, {
  name: "TradeState",
  description: "What became of a trade.",
  valuesConfig: {
    OPEN: { description: "Offered, and neither accepted nor withdrawn." },
    MADE: { description: "Accepted: the goods have changed hands." },
    WITHDRAWN: { description: "Withdrawn by the player who offered it, or declined by the other one." },
  },
})

@ObjectType({ simpleResolvers: true, description: "A trade that one player has offered to another." })
export class Trade {
  @Field(() => ID)
  readonly id!: string

  @Field(() => GoodsType, { description: "What `from` gives." })
  readonly gives!: GoodsType

  @Field(() => GoodsType, { description: "What `from` wants for that." })
  readonly wants!: GoodsType

  @Field(() => TradeStateType, {
    description:
      "In a payload: OPEN after offerTrade, MADE after acceptTrade, WITHDRAWN after withdrawTrade, also when replayed. " +
      "To see whether a trade is still open, read Player.trades or Player.offers.",
  })
  readonly state!: TradeState

  /** For the resolvers of its other fields. */
  readonly fromId!: string
  readonly toId!: string

  /** Null: as of now. */
  readonly prefix!: Prefix | null
}
