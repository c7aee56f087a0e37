import { Ctx, Query, Resolver } from "type-graphql"
import type { Context } from "./context.js"
import { Status } from "./types/status.js"

@Resolver()
export class StatusQuery {
  @Query(() => Status)
  status(@Ctx() { game }: Context): Status {
    const { realm, tail, stateReader, engines } = game
    return {
      realm,
      logId: tail.genesis.logId,
      head: tail.head,
      tail: tail.position,
      projected: stateReader.checkpoint?.offset ?? 0,
      landed: game.landed(),
      engines,
      ready: game.unready().length === 0,
    }
  }
}
