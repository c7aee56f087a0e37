import "reflect-metadata"
import { Field, ID, InputType } from "type-graphql"
import { playerAggregate } from "../domain/aggregates.js"
import { catalogueType, region } from "../domain/kinds.js"
import { isWanted, type PurchaseWish } from "../history/purchases.js"
import type { EventFilter, PositionedEvent } from "../tail/eventFilter.js"
import { check, checkGuildId, checkPlayerId, checkSpan } from "./checks.js"
import { DateTime } from "./scalars.js"

@InputType({ description: "The purchases that match all given fields." })
export class PurchaseFilter {
  @Field(() => ID, { nullable: true })
  readonly playerId?: string | null

  @Field(() => String, { nullable: true })
  readonly swordType?: string | null

  @Field(() => String, { nullable: true, description: "Where the purchase happened." })
  readonly region?: string | null

  @Field(() => ID, { nullable: true, description: "The player's guild at that time." })
  readonly guildId?: string | null

  @Field(() => DateTime, { nullable: true, description: "Inclusive." })
  readonly from?: Date | null

  @Field(() => DateTime, { nullable: true, description: "Exclusive." })
  readonly to?: Date | null
}

/** The filter of events for a filter of purchases. Throws BAD_USER_INPUT. */
export function purchaseEventFilter(filter: PurchaseFilter): EventFilter {
  const wish = purchaseWish(filter)
  const aggregate = wish.player === null ? null : playerAggregate(wish.player)
  const matches = ({ at, event: { type, data } }: PositionedEvent) =>
    type === "SwordBought" && isWanted(wish, data, at)
  return { aggregate, matches }
}

/** The filter with its inputs checked. Throws BAD_USER_INPUT. */
export function purchaseWish(filter: PurchaseFilter): PurchaseWish {
  return {
    player: ifGiven(filter.playerId, id => checkPlayerId("filter.playerId", id)),
    swordType: ifGiven(filter.swordType, type => check("filter.swordType", catalogueType, type)),
    region: ifGiven(filter.region, name => check("filter.region", region, name)),
    guild: ifGiven(filter.guildId, id => checkGuildId("filter.guildId", id)),
    span: checkSpan(filter, "filter."),
  }
}

function ifGiven(value: string | null | undefined, checked: (value: string) => string): string | null {
  return value === null || value === undefined ? null : checked(value)
}
