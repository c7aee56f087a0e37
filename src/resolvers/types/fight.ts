import "reflect-metadata"
import { Field, ID, Int, ObjectType } from "type-graphql"
import { SafeInt } from "../scalars.js"
import { Monster } from "./catalogue.js"

@ObjectType({ simpleResolvers: true, description: "A fight against a monster, as it went." })
export class Fight {
  @Field(() => ID)
  readonly id!: string

  @Field(() => Monster, { description: "As in the catalogue now." })
  readonly monster!: Monster

  @Field(() => Boolean)
  readonly won!: boolean

  @Field(() => SafeInt)
  readonly goldWon!: number

  @Field(() => Int)
  readonly healthLost!: number
}
