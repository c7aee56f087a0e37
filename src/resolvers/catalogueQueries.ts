import { Ctx, Query, Resolver } from "type-graphql"
import type { Context } from "./context.js"
import { Monster, Sword } from "./types/catalogue.js"

@Resolver()
export class CatalogueQueries {
  @Query(() => [Sword], { description: "All swords of the catalogue, cheapest first." })
  swords(@Ctx() { game }: Context): readonly Sword[] {
    return game.catalogue.swords
  }

  @Query(() => [Monster], { description: "All monsters of the catalogue, weakest first." })
  monsters(@Ctx() { game }: Context): readonly Monster[] {
    return game.catalogue.monsters
  }
}
