import type { GraphQLResolveInfo } from "graphql"
import { Arg, Ctx, Info, Mutation, Resolver } from "type-graphql"
import { type CommandName, commandType, commandTypes } from "../domain/commands.js"
import type { Context } from "./context.js"
import { inputType } from "./inputType.js"
import { type MutationInput, mutate } from "./mutate.js"
import {
  BuySwordPayload,
  FightPayload,
  GiftPayload,
  GuildPayload,
  type Mutated,
  type Payload,
  PlayerPayload,
  TradePayload,
} from "./types/payloads.js"

/** The payload of each command's mutation. Everything else about it comes from the command. */
const payloads: { readonly [N in CommandName]: new (mutated: Mutated) => Payload } = {
  registerPlayer: PlayerPayload,
  grantGold: PlayerPayload,
  buySword: BuySwordPayload,
  sellSword: PlayerPayload,
  fightMonster: FightPayload,
  rest: PlayerPayload,
  gift: GiftPayload,
  offerTrade: TradePayload,
  acceptTrade: TradePayload,
  withdrawTrade: TradePayload,
  foundGuild: GuildPayload,
  joinGuild: GuildPayload,
  leaveGuild: GuildPayload,
}

/** A mutation for each command. */
@Resolver()
export class Mutations {}

for (const name of Object.keys(commandTypes) as CommandName[]) declare(name)

/** Gives `Mutations` a method, and it the decorators that it would have if it were written out. */
function declare(name: CommandName): void {
  const type = commandType(name)
  const Answer = payloads[name]
  const Input = inputType(type)
  const { prototype } = Mutations
  const value = async (
    input: MutationInput,
    context: Context,
    info: GraphQLResolveInfo,
  ): Promise<Payload> => {
    return new Answer(await mutate(context, info, name, input))
  }
  Object.defineProperty(prototype, name, { value })
  const options = { nullable: true, ...(type.description !== undefined && { description: type.description }) }
  Mutation(() => Answer, options)(prototype, name, {})
  Arg("input", () => Input)(prototype, name, 0)
  Ctx()(prototype, name, 1)
  Info()(prototype, name, 2)
}
