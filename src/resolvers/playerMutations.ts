import type { GraphQLResolveInfo } from "graphql"
import { Arg, Ctx, Info, Mutation, Resolver } from "type-graphql"
import type { RecordedEvent } from "../commands/pendingCommand.js"
import type { Context } from "./context.js"
import { BuySwordInput, GrantGoldInput, RegisterPlayerInput } from "./inputs.js"
import { mutate } from "./mutate.js"
import { purchaseOf } from "./purchaseOf.js"
import { BuySwordPayload, PlayerPayload } from "./types/payloads.js"
import type { Purchase } from "./types/purchase.js"

@Resolver()
export class PlayerMutations {
  @Mutation(() => PlayerPayload, { nullable: true, description: "Starts with 1000 gold and 100 health." })
  async registerPlayer(
    @Arg("input", () => RegisterPlayerInput) input: RegisterPlayerInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<PlayerPayload> {
    const { verdict, players } = await mutate(context, info, "registerPlayer", input)
    return new PlayerPayload(verdict, players.get(input.playerId) ?? null)
  }

  @Mutation(() => PlayerPayload, {
    nullable: true,
    description: "For operators only, once authentication is on.",
  })
  async grantGold(
    @Arg("input", () => GrantGoldInput) input: GrantGoldInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<PlayerPayload> {
    const { verdict, players } = await mutate(context, info, "grantGold", input)
    return new PlayerPayload(verdict, players.get(input.playerId) ?? null)
  }

  @Mutation(() => BuySwordPayload, { nullable: true, description: "At the catalogue's price." })
  async buySword(
    @Arg("input", () => BuySwordInput) input: BuySwordInput,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<BuySwordPayload> {
    const { outcome, verdict, players } = await mutate(context, info, "buySword", input)
    return new BuySwordPayload(verdict, purchaseIn(outcome.events), players.get(input.playerId) ?? null)
  }
}

function purchaseIn(events: readonly RecordedEvent[]): Purchase | null {
  return events.map(purchaseOf).find(purchase => purchase !== null) ?? null
}
