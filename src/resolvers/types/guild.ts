import "reflect-metadata"
import { Field, ID, Int, ObjectType } from "type-graphql"
import type { GuildState } from "../../domain/guild.js"

@ObjectType({ simpleResolvers: true, description: "A guild, as of now." })
export class Guild {
  @Field(() => ID, { description: "The slug of its name." })
  readonly id: string

  @Field(() => String)
  readonly name: string

  @Field(() => Int, { description: "How many members it may have." })
  readonly capacity: number

  @Field(() => Int)
  readonly memberCount: number

  /** For the resolvers of its other fields. */
  readonly state: GuildState

  constructor(state: GuildState) {
    this.id = state.id
    this.name = state.name
    this.capacity = state.capacity
    this.memberCount = state.members.length
    this.state = state
  }
}
