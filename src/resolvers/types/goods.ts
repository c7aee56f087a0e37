import "reflect-metadata"
import { Extensions, Field, InputType, Int, ObjectType } from "type-graphql"
import { GOODS_TYPES_MAX, SWORD_COUNT_MAX } from "../../domain/goods.js"
import { LENGTH } from "../rowsLength.js"
import { SafeInt } from "../scalars.js"
import { InventorySlot } from "./catalogue.js"

@InputType({ description: "Swords of one type." })
export class SwordCountInput {
  @Field(() => String)
  readonly swordType!: string

  @Field(() => Int, { description: `1 to ${SWORD_COUNT_MAX}.` })
  readonly count!: number
}

@InputType({ description: "Gold, swords, or both." })
export class GoodsInput {
  @Field(() => SafeInt, { nullable: true, description: "None by default." })
  readonly gold!: number | null

  @Field(() => [SwordCountInput], {
    nullable: true,
    description: `In any order, each type once, at most ${GOODS_TYPES_MAX} types. None by default.`,
  })
  readonly swords!: readonly SwordCountInput[] | null
}

@ObjectType("Goods", { simpleResolvers: true, description: "What one side of a trade gives." })
export class GoodsType {
  @Field(() => SafeInt)
  readonly gold!: number

  @Extensions({ [LENGTH]: GOODS_TYPES_MAX })
  @Field(() => [InventorySlot], { description: "By type." })
  readonly swords!: readonly InventorySlot[]
}
