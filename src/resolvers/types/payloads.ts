import "reflect-metadata"
import { Field, InterfaceType, ObjectType } from "type-graphql"
import { Position } from "../scalars.js"
import { Guild } from "./guild.js"
import { Player } from "./player.js"
import { Purchase } from "./purchase.js"
import { RefusalType } from "./refusal.js"

/** What every payload contains. */
export interface MutationAnswer {
  readonly refusal: RefusalType | null
  readonly position: string
  readonly replayed: boolean
}

@InterfaceType({
  autoRegisterImplementations: true,
  description:
    "The result of a mutation. A fault is not a payload but a GraphQL error, and the field is null.",
})
export abstract class Payload {
  @Field(() => RefusalType, {
    nullable: true,
    description:
      "The rules say no; nothing was recorded. Of several reasons, the acting player's own come first.",
  })
  readonly refusal: RefusalType | null

  @Field(() => Position, { description: "That of the recorded events, or the one that a refusal rests on." })
  readonly position: string

  @Field(() => Boolean, {
    description:
      "Whether this key was used before: then purchase and position are those of the first time, player and guild as " +
      "of now.",
  })
  readonly replayed: boolean

  constructor({ refusal, position, replayed }: MutationAnswer) {
    this.refusal = refusal
    this.position = position
    this.replayed = replayed
  }
}

@ObjectType({ implements: Payload, simpleResolvers: true })
export class PlayerPayload extends Payload {
  @Field(() => Player, { nullable: true, description: "As of now; null if there is none." })
  readonly player: Player | null

  constructor(verdict: MutationAnswer, player: Player | null) {
    super(verdict)
    this.player = player
  }
}

@ObjectType({ implements: Payload, simpleResolvers: true })
export class BuySwordPayload extends Payload {
  @Field(() => Purchase, { nullable: true, description: "Null if refused." })
  readonly purchase: Purchase | null

  @Field(() => Player, { nullable: true, description: "As of now; null if there is none." })
  readonly player: Player | null

  constructor(verdict: MutationAnswer, purchase: Purchase | null, player: Player | null) {
    super(verdict)
    this.purchase = purchase
    this.player = player
  }
}

@ObjectType({ implements: Payload, simpleResolvers: true })
export class GuildPayload extends Payload {
  @Field(() => Guild, {
    nullable: true,
    description: "As of now; null if there is none, or once it is dissolved.",
  })
  readonly guild: Guild | null

  @Field(() => Player, { nullable: true, description: "As of now; null if there is none." })
  readonly player: Player | null

  constructor(verdict: MutationAnswer, guild: Guild | null, player: Player | null) {
    super(verdict)
    this.guild = guild
    this.player = player
  }
}
