import "reflect-metadata"
import { Field, ID, Int, ObjectType } from "type-graphql"
import type { GuildState } from "../../domain/guild.js"
import type { Prefix } from "../../history/asOf.js"

@ObjectType({
  simpleResolvers: true,
  description: "A guild, as of now unless it belongs to a player as of a time.",
})
export class Guild {
  @Field(() => ID, { description: "The slug of its name." })
  readonly id: string

  @Field(() => String)
  readonly name: string

  @Field(() => Int, { description: "The maximum number of members." })
  readonly capacity: number

  @Field(() => Int)
  readonly memberCount: number

  /** For the resolvers of its other fields. */
  readonly state: GuildState

  /** Null: as of now. */
  readonly prefix: Prefix | null

  constructor(state: GuildState, prefix: Prefix | null = null) {
    this.id = state.id
    this.name = state.name
    this.capacity = state.capacity
    this.memberCount = state.members.length
    this.state = state
    this.prefix = prefix
  }
}
