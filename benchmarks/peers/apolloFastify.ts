import { ApolloServer } from "@apollo/server"
import fastifyApollo from "@as-integrations/fastify"
import Fastify from "fastify"
import { builtInCatalogue } from "../../src/domain/catalogue.js"
import { SqlShop } from "./sqlShop.js"

// Peer A: what most would build. Apollo Server on Fastify, and PostgreSQL. Its parent forks it with the folder
// of PostgreSQL's socket, gets its URL, and ends it by disconnecting.

const typeDefs = `#graphql
  type Purchase { id: ID! price: Float! }
  type Player { id: ID! gold: Float! }
  type Refusal { code: String! message: String! }
  type BuySwordPayload { purchase: Purchase player: Player refusal: Refusal position: String replayed: Boolean! }
  input BuySwordInput { playerId: ID! swordType: String! region: String idempotencyKey: String }
  type Query { ready: Boolean! }
  type Mutation { buySword(input: BuySwordInput!): BuySwordPayload }
`

interface BuySwordInput {
  readonly playerId: string
  readonly swordType: string
  readonly idempotencyKey: string
}

const shop = new SqlShop(process.argv[2] ?? "")

const resolvers = {
  Query: { ready: () => true },
  Mutation: {
    async buySword(_: unknown, { input }: { readonly input: BuySwordInput }) {
      const { playerId, swordType, idempotencyKey } = input
      const sword = builtInCatalogue.sword(swordType)
      if (sword === undefined) {
        return { refusal: { code: "UNKNOWN_SWORD", message: swordType }, replayed: false }
      }
      const bought = await shop.buy(playerId, swordType, sword.price, idempotencyKey)
      const { id, gold, price, replayed, refusal } = bought
      return {
        purchase: id === null ? null : { id, price },
        player: { id: playerId, gold },
        refusal: refusal === null ? null : { code: refusal, message: refusal },
        position: id,
        replayed,
      }
    },
  },
}

const apollo = new ApolloServer({ typeDefs, resolvers })
await apollo.start()
const fastify = Fastify()
await fastify.register(fastifyApollo(apollo))
const url = await fastify.listen({ host: "127.0.0.1", port: 0 })
process.send?.(url)
process.once("disconnect", async () => {
  await fastify.close()
  await apollo.stop()
  await shop.close()
})
