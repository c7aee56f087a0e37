import "reflect-metadata"
import { Field, ID, Int, ObjectType } from "type-graphql"
import type { PlayerState } from "../../domain/player.js"
import type { Prefix } from "../../history/asOf.js"
import { SafeInt } from "../scalars.js"

@ObjectType({
  simpleResolvers: true,
  description: "A player, as of now unless requested as of a time.",
})
export class Player {
  @Field(() => ID)
  readonly id: string

  @Field(() => String, { nullable: true, description: "Null once erased." })
  readonly name: string | null

  @Field(() => String)
  readonly region: string

  @Field(() => SafeInt)
  readonly gold: number

  @Field(() => Int)
  readonly health: number

  @Field(() => Int, { description: "How many effective commits have changed it." })
  readonly version: number

  /** For the resolvers of its other fields. */
  readonly state: PlayerState

  /** Null: as of now. */
  readonly prefix: Prefix | null

  constructor(state: PlayerState, version: number, prefix: Prefix | null = null) {
    this.id = state.id
    this.name = state.name
    this.region = state.region
    this.gold = state.gold
    this.health = state.health
    this.version = version
    this.state = state
    this.prefix = prefix
  }
}
