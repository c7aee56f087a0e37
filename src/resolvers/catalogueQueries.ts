import { Query, Resolver } from "type-graphql"
import { monsters, swords } from "../domain/catalogue.js"
import { Monster, Sword } from "./types/catalogue.js"

@Resolver()
export class CatalogueQueries {
  @Query(() => [Sword], { description: "All swords of the catalogue, cheapest first." })
  swords(): readonly Sword[] {
    return swords
  }

  @Query(() => [Monster], { description: "All monsters of the catalogue, weakest first." })
  monsters(): readonly Monster[] {
    return monsters
  }
}
