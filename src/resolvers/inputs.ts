import "reflect-metadata"
import { Field, ID, InputType, Int } from "type-graphql"
import { SafeInt } from "./scalars.js"

const KEY = {
  nullable: true,
  description:
    "1 to 64 printable ASCII characters, scoped to the acting player. The same key again answers with what it did. " +
    "If it is missing, the server makes one and returns it in the response's extensions.idempotencyKeys, by response name.",
} as const

const PLAYER_ID = { description: "[A-Za-z0-9][A-Za-z0-9._-]{0,63}" } as const

/** The capacity of a guild if its founder does not say. */
export const CAPACITY_DEFAULT = 50

@InputType()
export class RegisterPlayerInput {
  @Field(() => ID, PLAYER_ID)
  readonly playerId!: string

  @Field(() => String, { description: "1 to 64 visible characters." })
  readonly name!: string

  @Field(() => String, { description: "[a-z0-9-]{1,32}" })
  readonly region!: string

  @Field(() => String, KEY)
  readonly idempotencyKey!: string | null | undefined
}

@InputType()
export class GrantGoldInput {
  @Field(() => ID, PLAYER_ID)
  readonly playerId!: string

  @Field(() => SafeInt, { description: "1 to 10^9." })
  readonly amount!: number

  @Field(() => String, { description: "1 to 200 visible characters." })
  readonly reason!: string

  @Field(() => String, KEY)
  readonly idempotencyKey!: string | null | undefined
}

@InputType()
export class BuySwordInput {
  @Field(() => ID, PLAYER_ID)
  readonly playerId!: string

  @Field(() => String, { description: "A sword type of the catalogue." })
  readonly swordType!: string

  @Field(() => String, {
    nullable: true,
    description: "Where the purchase happens, [a-z0-9-]{1,32}; by default the player's region.",
  })
  readonly region!: string | null | undefined

  @Field(() => String, KEY)
  readonly idempotencyKey!: string | null | undefined
}

@InputType()
export class FoundGuildInput {
  @Field(() => ID, { description: "The guild's first member. [A-Za-z0-9][A-Za-z0-9._-]{0,63}" })
  readonly founderId!: string

  @Field(() => String, {
    description:
      "1 to 64 visible characters, at least one of them a-z, A-Z or 0-9. The guild's id is made from it: in lower " +
      "case, with each run of characters other than a-z 0-9 replaced by one -, none at the ends; 1 to 64 characters.",
  })
  readonly name!: string

  @Field(() => Int, { nullable: true, defaultValue: CAPACITY_DEFAULT, description: "1 to 500." })
  readonly capacity!: number | null

  @Field(() => String, KEY)
  readonly idempotencyKey!: string | null | undefined
}

@InputType()
export class JoinGuildInput {
  @Field(() => ID, PLAYER_ID)
  readonly playerId!: string

  @Field(() => ID)
  readonly guildId!: string

  @Field(() => String, KEY)
  readonly idempotencyKey!: string | null | undefined
}

@InputType()
export class LeaveGuildInput {
  @Field(() => ID, PLAYER_ID)
  readonly playerId!: string

  @Field(() => ID)
  readonly guildId!: string

  @Field(() => String, KEY)
  readonly idempotencyKey!: string | null | undefined
}
