import "reflect-metadata"
import { Args, ArgsType, Ctx, Field, FieldResolver, ID, Resolver, Root, Subscription } from "type-graphql"
import { guildAggregate, playerAggregate } from "../domain/aggregates.js"
import { checkGuildId, checkPlayerId } from "./checks.js"
import type { Context } from "./context.js"
import { follow, type NoticeWithCursor } from "./follow.js"
import { PurchaseFilter, purchaseEventFilter } from "./purchaseFilter.js"
import { purchaseOf } from "./purchaseOf.js"
import { Cursor } from "./scalars.js"
import { Guild } from "./types/guild.js"
import { GuildNotice, PlayerNotice, PurchaseNotice } from "./types/notices.js"
import { Player } from "./types/player.js"

@ArgsType()
class FollowArgs {
  @Field(() => Cursor, {
    nullable: true,
    description:
      "Without it the subscription starts now. With it, what was missed is replayed, then it goes live without gaps or " +
      "duplicates, on any process. CURSOR_TOO_OLD if too much was missed, or if it is of another log.",
  })
  readonly after!: string | null | undefined

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      "Also sends a notice without content at once, and every 10 s when nothing else comes, so that a client knows that " +
      "it listens, and that the cursor of a quiet subscription does not grow old.",
  })
  readonly heartbeat!: boolean | null
}

@ArgsType()
class FollowOneArgs extends FollowArgs {
  @Field(() => ID)
  readonly id!: string
}

@ArgsType()
class PurchasesArgs extends FollowArgs {
  @Field(() => PurchaseFilter, { nullable: true, description: "Default: all purchases." })
  readonly filter!: PurchaseFilter | null | undefined
}

/** The arguments of a field's `subscribe`. */
interface Subscribing<A> {
  readonly args: A
  readonly context: Context
}

const ENDS =
  "In the log's order. A subscriber that falls behind gets the error SUBSCRIBER_TOO_SLOW with its last cursor in " +
  "extensions.cursor, and can resume from it."

@Resolver()
export class PurchaseSubscription {
  @Subscription(() => PurchaseNotice, {
    description: `Purchases as they happen. ${ENDS}`,
    subscribe: ({ args, context }) => followPurchases({ args: args as PurchasesArgs, context }),
  })
  purchases(
    @Root() { event, cursor }: NoticeWithCursor,
    @Args(() => PurchasesArgs) _: PurchasesArgs,
  ): PurchaseNotice {
    return { cursor, purchase: event && purchaseOf(event) }
  }
}

function followPurchases({ args, context }: Subscribing<PurchasesArgs>) {
  return follow(context, "purchases", purchaseEventFilter(args.filter ?? {}), args)
}

@Resolver(() => PlayerNotice)
export class PlayerSubscription {
  @Subscription(() => PlayerNotice, {
    description: `What happens to a player. ${ENDS}`,
    subscribe: ({ args, context }) => followPlayer({ args: args as FollowOneArgs, context }),
  })
  playerChanged(
    @Root() { event, cursor }: NoticeWithCursor,
    @Args(() => FollowOneArgs) { id }: FollowOneArgs,
  ): PlayerNotice {
    return { id, cursor, eventType: event?.event.type ?? null }
  }

  @FieldResolver(() => Player, { nullable: true, description: "As of now; null in a heartbeat." })
  player(
    @Root() { id, eventType }: PlayerNotice,
    @Ctx() { loaders }: Context,
  ): Promise<Player | null> | null {
    return eventType === null ? null : loaders.player(id)
  }
}

function followPlayer({ args, context }: Subscribing<FollowOneArgs>) {
  const aggregate = playerAggregate(checkPlayerId("id", args.id))
  return follow(context, "playerChanged", { aggregate, matches: () => true }, args, {
    name: `player ${args.id}`,
    exists: async () => (await context.loaders.player(args.id)) !== null,
  })
}

@Resolver(() => GuildNotice)
export class GuildSubscription {
  @Subscription(() => GuildNotice, {
    description: `What happens to a guild. ${ENDS}`,
    subscribe: ({ args, context }) => followGuild({ args: args as FollowOneArgs, context }),
  })
  guildChanged(
    @Root() { event, cursor }: NoticeWithCursor,
    @Args(() => FollowOneArgs) { id }: FollowOneArgs,
  ): GuildNotice {
    return { id, cursor, eventType: event?.event.type ?? null }
  }

  @FieldResolver(() => Guild, {
    nullable: true,
    description: "As of now; null once dissolved, and in a heartbeat.",
  })
  guild(@Root() { id, eventType }: GuildNotice, @Ctx() { loaders }: Context): Promise<Guild | null> | null {
    return eventType === null ? null : loaders.guild(id)
  }
}

function followGuild({ args, context }: Subscribing<FollowOneArgs>) {
  const aggregate = guildAggregate(checkGuildId("id", args.id))
  return follow(context, "guildChanged", { aggregate, matches: () => true }, args, {
    name: `guild ${args.id}`,
    exists: async () => (await context.loaders.guild(args.id)) !== null,
  })
}
