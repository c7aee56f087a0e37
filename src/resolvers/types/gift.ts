import "reflect-metadata"
import { Field, ID, ObjectType } from "type-graphql"
import { DateTime, SafeInt } from "../scalars.js"
import { Sword } from "./catalogue.js"

@ObjectType({ simpleResolvers: true, description: "Gold or a sword that was given." })
export class Gift {
  @Field(() => ID)
  readonly id!: string

  @Field(() => SafeInt, { nullable: true })
  readonly gold!: number | null

  @Field(() => Sword, { nullable: true, description: "As in the catalogue now." })
  readonly sword!: Sword | null

  @Field(() => DateTime)
  readonly givenAt!: Date
}
