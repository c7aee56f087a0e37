import "reflect-metadata"
import { Field, ObjectType } from "type-graphql"
import { Cursor } from "../scalars.js"
import { Purchase } from "./purchase.js"

const CURSOR = { description: "For `after`: resumes right after this notice, on any process." } as const

const EVENT_TYPE = {
  nullable: true,
  description: "What happened, the event's type: `SwordBought`; null in a heartbeat.",
} as const

@ObjectType({ simpleResolvers: true })
export class PurchaseNotice {
  @Field(() => Cursor, CURSOR)
  readonly cursor!: string

  @Field(() => Purchase, { nullable: true, description: "Null in a heartbeat." })
  readonly purchase!: Purchase | null
}

@ObjectType({ simpleResolvers: true })
export class PlayerNotice {
  @Field(() => Cursor, CURSOR)
  readonly cursor!: string

  @Field(() => String, EVENT_TYPE)
  readonly eventType!: string | null

  /** For the resolver of its player. */
  readonly id!: string
}

@ObjectType({ simpleResolvers: true })
export class GuildNotice {
  @Field(() => Cursor, CURSOR)
  readonly cursor!: string

  @Field(() => String, EVENT_TYPE)
  readonly eventType!: string | null

  /** For the resolver of its guild. */
  readonly id!: string
}
