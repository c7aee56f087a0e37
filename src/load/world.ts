import type { GraphqlAsker } from "../client/graphqlClient.js"
import {
  type Catalogue,
  type CatalogueMonster,
  type CatalogueSword,
  newCatalogue,
} from "../domain/catalogue.js"
import { UserError } from "../lib/userError.js"
import type { ExpectedPlayer } from "./account.js"
import type { LoadTrade } from "./move.js"
import { GOODS, goodsOf, type TradeAnswer } from "./mutations.js"

const PLAYER = `query Player($id: ID!, $atLeast: Position!) {
  player(id: $id, atLeast: $atLeast) {
    gold
    health
    inventory { sword { type } count }
    guild { id }
    trades { ...Open }
    offers { ...Open }
  }
}
fragment Open on Trade { id state from { id } to { id } gives ${GOODS} wants ${GOODS} }`

const MEMBERS = `query Members($id: ID!, $atLeast: Position!, $after: Cursor) {
  guild(id: $id, atLeast: $atLeast) {
    members(first: 100, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } }
  }
}`

const CATALOGUE = `{
  swords { type name price power }
  monsters { type name strength gold }
}`

interface CatalogueAnswer {
  readonly swords: readonly CatalogueSword[]
  readonly monsters: readonly CatalogueMonster[]
}

/** What the servers sell and let players fight. Throws if none of them answers. */
export async function readCatalogue(clients: readonly GraphqlAsker[]): Promise<Catalogue> {
  const answers = clients.map(client => ask<CatalogueAnswer>(client, CATALOGUE, {}))
  return newCatalogue(await Promise.any(answers).catch(() => Promise.race(answers)))
}

interface PlayerAnswer {
  readonly player: {
    readonly gold: number
    readonly health: number
    readonly inventory: readonly { readonly sword: { readonly type: string }; readonly count: number }[]
    readonly guild: { readonly id: string } | null
    readonly trades: readonly TradeAnswer[]
    readonly offers: readonly TradeAnswer[]
  } | null
}

interface MembersAnswer {
  readonly guild: {
    readonly members: {
      readonly edges: readonly { readonly node: { readonly id: string } }[]
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
    }
  } | null
}

/** A player as of a position or later; null if it does not exist. Throws if the server does not answer. */
export async function readPlayer(
  client: GraphqlAsker,
  id: string,
  atLeast: string,
): Promise<ExpectedPlayer | null> {
  const { player } = await ask<PlayerAnswer>(client, PLAYER, { id, atLeast })
  if (player === null) return null
  const swords = new Map(player.inventory.map(({ sword, count }) => [sword.type, count]))
  const { gold, health, guild } = player
  const [trades, offers] = [tradesOf(player.trades), tradesOf(player.offers)]
  return { gold, health, swords, guild: guild?.id ?? null, trades, offers }
}

function tradesOf(trades: readonly TradeAnswer[]): Map<string, LoadTrade> {
  return new Map(
    trades.map(({ id, from, to, gives, wants }) => {
      return [id, { id, from: from.id, to: to.id, gives: goodsOf(gives), wants: goodsOf(wants) }]
    }),
  )
}

/**
 * The ids of a guild's members as of a position or later; empty if the guild does not exist. Throws likewise.
 */
export async function readMembers(client: GraphqlAsker, id: string, atLeast: string): Promise<string[]> {
  const ids: string[] = []
  for (let after: string | null = null; ; ) {
    const answer: MembersAnswer = await ask<MembersAnswer>(client, MEMBERS, { id, atLeast, after })
    if (answer.guild === null) return ids
    const { edges, pageInfo } = answer.guild.members
    ids.push(...edges.map(({ node }) => node.id))
    if (!pageInfo.hasNextPage) return ids
    after = pageInfo.endCursor
  }
}

async function ask<T>(client: GraphqlAsker, query: string, variables: object): Promise<T> {
  const { data, errors } = await client.ask<T>(query, variables)
  const [error] = errors ?? []
  if (error !== undefined || !data) throw new UserError(`${client.url}: ${error?.message ?? "no data"}`)
  return data
}
