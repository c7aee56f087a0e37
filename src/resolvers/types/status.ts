import "reflect-metadata"
import { Field, ID, Int, ObjectType } from "type-graphql"
import { SafeInt } from "../scalars.js"

@ObjectType({ simpleResolvers: true, description: "Which implementation of each port is in use." })
export class Engines {
  @Field(() => String)
  readonly log!: string

  @Field(() => String)
  readonly views!: string

  @Field(() => String)
  readonly lake!: string

  @Field(() => String)
  readonly history!: string
}

@ObjectType({ simpleResolvers: true, description: "This process and its realm. Offsets are exclusive." })
export class Status {
  @Field(() => Int)
  readonly realm!: number

  @Field(() => ID)
  readonly logId!: string

  @Field(() => SafeInt, { description: "The end of the log, as far as this process knows." })
  readonly head!: number

  @Field(() => SafeInt, { description: "How far this process has read the log." })
  readonly tail!: number

  @Field(() => SafeInt, { description: "How far the log is projected into the views." })
  readonly projected!: number

  @Field(() => SafeInt, {
    nullable: true,
    description:
      "How far the log has landed in the lake, whichever process lands it, as far as this one knows. Null until it " +
      "has read the lake.",
  })
  readonly landed!: number | null

  @Field(() => Engines)
  readonly engines!: Engines

  @Field(() => Boolean, { description: "Whether this process should get requests." })
  readonly ready!: boolean
}
