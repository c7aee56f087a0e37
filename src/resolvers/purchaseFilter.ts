import "reflect-metadata"
import { Field, ID, InputType } from "type-graphql"
import { playerAggregate } from "../domain/aggregates.js"
import { catalogueType, region } from "../domain/kinds.js"
import { Fault } from "../ports/faults.js"
import type { PlacedEvent, Topic } from "../tail/topic.js"
import { check, checkGuildId, checkPlayerId } from "./checks.js"
import { DateTime } from "./scalars.js"

@InputType({ description: "Which purchases: those that meet all that is given." })
export class PurchaseFilter {
  @Field(() => ID, { nullable: true })
  readonly playerId?: string | null

  @Field(() => String, { nullable: true })
  readonly swordType?: string | null

  @Field(() => String, { nullable: true, description: "Where the purchase happened." })
  readonly region?: string | null

  @Field(() => ID, { nullable: true, description: "The player's guild at that time." })
  readonly guildId?: string | null

  @Field(() => DateTime, { nullable: true, description: "Not before this." })
  readonly from?: Date | null

  @Field(() => DateTime, { nullable: true, description: "Before this." })
  readonly to?: Date | null
}

/** The events that a filter lets through. Throws BAD_USER_INPUT. */
export function purchasesTopic(filter: PurchaseFilter): Topic {
  const given = checkFilter(filter)
  const aggregate = given.playerId === null ? null : playerAggregate(given.playerId)
  return { aggregate, matches: event => isWanted(given, event) }
}

interface Given {
  readonly playerId: string | null
  readonly swordType: string | null
  readonly region: string | null
  readonly guildId: string | null
  /** Half-open, in milliseconds since 1970. */
  readonly from: number
  readonly to: number
}

function checkFilter(filter: PurchaseFilter): Given {
  const from = filter.from?.getTime() ?? Number.NEGATIVE_INFINITY
  const to = filter.to?.getTime() ?? Number.POSITIVE_INFINITY
  if (from >= to) {
    const times = `${filter.from?.toISOString()} and ${filter.to?.toISOString()}`
    throw new Fault("BAD_USER_INPUT", `filter.from: expected a time before filter.to, got ${times}`)
  }
  return {
    playerId: ifGiven(filter.playerId, id => checkPlayerId("filter.playerId", id)),
    swordType: ifGiven(filter.swordType, type => check("filter.swordType", catalogueType, type)),
    region: ifGiven(filter.region, name => check("filter.region", region, name)),
    guildId: ifGiven(filter.guildId, id => checkGuildId("filter.guildId", id)),
    from,
    to,
  }
}

function ifGiven(value: string | null | undefined, checked: (value: string) => string): string | null {
  return value === null || value === undefined ? null : checked(value)
}

function isWanted(given: Given, { at, event }: PlacedEvent): boolean {
  if (event.type !== "SwordBought") return false
  const { player, swordType, region: where, guild } = event.data
  return (
    (given.playerId === null || given.playerId === player) &&
    (given.swordType === null || given.swordType === swordType) &&
    (given.region === null || given.region === where) &&
    (given.guildId === null || given.guildId === guild) &&
    given.from <= at &&
    at < given.to
  )
}
