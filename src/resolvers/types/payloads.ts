import "reflect-metadata"
import { Field, InterfaceType, ObjectType } from "type-graphql"
import { Position } from "../scalars.js"
import { Fight } from "./fight.js"
import { Gift } from "./gift.js"
import { Guild } from "./guild.js"
import { Player } from "./player.js"
import { Purchase } from "./purchase.js"
import { RefusalType } from "./refusal.js"
import { Trade } from "./trade.js"

/** What a command did, of which each payload shows a part. */
export interface Mutated {
  readonly refusal: RefusalType | null
  readonly position: string
  readonly replayed: boolean
  readonly purchase: Purchase | null
  readonly fight: Fight | null
  readonly gift: Gift | null
  readonly trade: Trade | null
  /** The acting player, the other player and the guild of the command as of now; null if there is none. */
  readonly player: Player | null
  readonly other: Player | null
  readonly guild: Guild | null
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
      "Whether this key was used before: then purchase, fight, gift, trade and position are those of the first time, " +
      "players and guild as of now.",
  })
  readonly replayed: boolean

  constructor({ refusal, position, replayed }: Mutated) {
    this.refusal = refusal
    this.position = position
    this.replayed = replayed
  }
}

@ObjectType({ implements: Payload, simpleResolvers: true })
export class PlayerPayload extends Payload {
  @Field(() => Player, { nullable: true, description: "As of now; null if there is none." })
  readonly player: Player | null

  constructor(mutated: Mutated) {
    super(mutated)
    this.player = mutated.player
  }
}

@ObjectType({ implements: Payload, simpleResolvers: true })
export class BuySwordPayload extends Payload {
  @Field(() => Purchase, { nullable: true, description: "Null if refused." })
  readonly purchase: Purchase | null

  @Field(() => Player, { nullable: true, description: "As of now; null if there is none." })
  readonly player: Player | null

  constructor(mutated: Mutated) {
    super(mutated)
    this.purchase = mutated.purchase
    this.player = mutated.player
  }
}

@ObjectType({ implements: Payload, simpleResolvers: true })
export class FightPayload extends Payload {
  @Field(() => Fight, { nullable: true, description: "Null if refused." })
  readonly fight: Fight | null

  @Field(() => Player, { nullable: true, description: "As of now; null if there is none." })
  readonly player: Player | null

  constructor(mutated: Mutated) {
    super(mutated)
    this.fight = mutated.fight
    this.player = mutated.player
  }
}

@ObjectType({ implements: Payload, simpleResolvers: true })
export class GiftPayload extends Payload {
  @Field(() => Gift, { nullable: true, description: "Null if refused." })
  readonly gift: Gift | null

  @Field(() => Player, { nullable: true, description: "The giver as of now; null if there is none." })
  readonly from: Player | null

  @Field(() => Player, {
    nullable: true,
    description: "The receiver as of now; null if there is none, or if it is the giver itself.",
  })
  readonly to: Player | null

  constructor(mutated: Mutated) {
    super(mutated)
    this.gift = mutated.gift
    this.from = mutated.player
    this.to = mutated.other
  }
}

@ObjectType({ implements: Payload, simpleResolvers: true })
export class TradePayload extends Payload {
  @Field(() => Trade, { nullable: true, description: "Null if refused." })
  readonly trade: Trade | null

  @Field(() => Player, { nullable: true, description: "As of now; null if there is none." })
  readonly player: Player | null

  constructor(mutated: Mutated) {
    super(mutated)
    this.trade = mutated.trade
    this.player = mutated.player
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

  constructor(mutated: Mutated) {
    super(mutated)
    this.guild = mutated.guild
    this.player = mutated.player
  }
}
