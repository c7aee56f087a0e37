import type { GraphQLSchema } from "graphql"
import { buildSchemaSync } from "type-graphql"
import { CatalogueQueries } from "./catalogueQueries.js"
import { GuildFields } from "./guildFields.js"
import { GuildMutations } from "./guildMutations.js"
import { GuildQueries } from "./guildQueries.js"
import { PlayerFields } from "./playerFields.js"
import { PlayerMutations } from "./playerMutations.js"
import { PlayerQueries } from "./playerQueries.js"
import { PurchaseFields } from "./purchaseFields.js"
import { StatusQuery } from "./statusQuery.js"

/** The GraphQL schema of the game, made from the classes of this folder. Resolvers expect a `Context`. */
export function gameSchema(): GraphQLSchema {
  return buildSchemaSync({
    resolvers: [
      PlayerMutations,
      GuildMutations,
      CatalogueQueries,
      PlayerQueries,
      GuildQueries,
      StatusQuery,
      PlayerFields,
      GuildFields,
      PurchaseFields,
    ],
    // Inputs are checked by the commands, in one place for every caller.
    validate: false,
  })
}
