import type { GraphQLSchema } from "graphql"
import { buildSchemaSync, type PubSub } from "type-graphql"
import { CatalogueQueries } from "./catalogueQueries.js"
import { GuildGrowthQuery } from "./guildGrowthQuery.js"
import { GuildFields, GuildQueries } from "./guildQueries.js"
import { LeaderboardQuery } from "./leaderboardQuery.js"
import { Mutations } from "./mutations.js"
import { PlayerAsOfQuery } from "./playerAsOfQuery.js"
import { PlayerFields, PlayerQueries } from "./playerQueries.js"
import { PurchaseFields, PurchaseQueries } from "./purchaseQueries.js"
import { SalesQuery } from "./salesQuery.js"
import { StatusQuery } from "./statusQuery.js"
import { GuildSubscription, PlayerSubscription, PurchaseSubscription } from "./subscriptions.js"
import { TradeFields } from "./tradeFields.js"

/** type-graphql requires one. Each subscription has its own `subscribe`, which follows the log. */
const NO_PUB_SUB: PubSub = {
  publish: () => {
    throw new Error("nothing is published")
  },
  subscribe: () => {
    throw new Error("nothing is subscribed to")
  },
}

/** The GraphQL schema of the game, made from the classes of this folder. Resolvers expect a `Context`. */
export function gameSchema(): GraphQLSchema {
  return buildSchemaSync({
    resolvers: [
      Mutations,
      CatalogueQueries,
      PlayerQueries,
      GuildQueries,
      LeaderboardQuery,
      StatusQuery,
      PurchaseQueries,
      SalesQuery,
      GuildGrowthQuery,
      PlayerAsOfQuery,
      PlayerFields,
      GuildFields,
      PurchaseFields,
      TradeFields,
      PurchaseSubscription,
      PlayerSubscription,
      GuildSubscription,
    ],
    pubSub: NO_PUB_SUB,
    // Inputs are checked by the commands, in one place for every caller.
    validate: false,
  })
}
