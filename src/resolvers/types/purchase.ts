import "reflect-metadata"
import { Field, ID, ObjectType } from "type-graphql"
import type { PurchaseRecord } from "../../projections/purchases.js"
import { DateTime, SafeInt } from "../scalars.js"

@ObjectType({ simpleResolvers: true, description: "A purchase, as it was made." })
export class Purchase {
  @Field(() => ID)
  readonly id: string

  @Field(() => SafeInt, { description: "What was paid." })
  readonly price: number

  @Field(() => String, { description: "Where it happened." })
  readonly region: string

  @Field(() => ID, { nullable: true, description: "The player's guild at that time." })
  readonly guildId: string | null

  @Field(() => DateTime)
  readonly purchasedAt: Date

  /** For the resolvers of its other fields. */
  readonly playerId: string
  readonly swordType: string

  constructor(playerId: string, { id, swordType, price, region, guild, at }: PurchaseRecord) {
    this.id = id
    this.price = price
    this.region = region
    this.guildId = guild
    this.purchasedAt = new Date(at)
    this.playerId = playerId
    this.swordType = swordType
  }
}
