import "reflect-metadata"
import { Field, Int, ObjectType } from "type-graphql"
import { SafeInt } from "../scalars.js"

// These classes only declare types: resolvers return plain objects of the same shape. Hence the `!` on their
// fields.

@ObjectType({ simpleResolvers: true, description: "A sword of the server's catalogue." })
export class Sword {
  @Field(() => String)
  readonly type!: string

  @Field(() => String)
  readonly name!: string

  @Field(() => SafeInt, {
    description:
      "The current price, at least 1; 0 for a sword that has left the catalogue and cannot be bought.",
  })
  readonly price!: number

  @Field(() => Int, { description: "0 as well for a sword that has left the catalogue." })
  readonly power!: number
}

@ObjectType({ simpleResolvers: true, description: "A monster of the server's catalogue." })
export class Monster {
  @Field(() => String)
  readonly type!: string

  @Field(() => String)
  readonly name!: string

  @Field(() => Int)
  readonly strength!: number

  @Field(() => SafeInt, { description: "The reward for defeating it." })
  readonly gold!: number
}

@ObjectType({ simpleResolvers: true, description: "How many swords of one type a player has." })
export class InventorySlot {
  @Field(() => Sword)
  readonly sword!: Sword

  @Field(() => Int, { description: "At least 1." })
  readonly count!: number
}
