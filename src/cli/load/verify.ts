import type { GraphqlClient } from "../graphqlClient.js"
import type { Account, Ledger } from "./ledger.js"
import { grant, inParallel, type Work } from "./worker.js"

const PLAYER = `query Verify($id: ID!, $atLeast: Position!) {
  player(id: $id, atLeast: $atLeast) { gold inventory { sword { type } count } guild { id } }
}`

const MEMBERS = `query Members($id: ID!, $after: Cursor) {
  guild(id: $id) { members(first: 100, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }
}`

interface PlayerAnswer {
  readonly player: {
    readonly gold: number
    readonly inventory: readonly { readonly sword: { readonly type: string }; readonly count: number }[]
    readonly guild: { readonly id: string } | null
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

/**
 * Compares what the server promised with what every given server says now, player by player, guilds from both sides.
 * A last grant to each player gives a position after all that was promised of it. Returns the differences, a line each.
 */
export async function verify(
  work: Work,
  clients: readonly GraphqlClient[],
  concurrency: number,
): Promise<string[]> {
  const differences = [...work.ledger.wrongAnswers]
  await inParallel(work.ledger.accounts, concurrency, async account => {
    const { payload } = await grant(work, account, 1, `${work.runId}-last`)
    for (const client of clients) {
      const answer = await ask<PlayerAnswer>(client, PLAYER, { id: account.id, atLeast: payload.position })
      differences.push(...comparePlayer(account, answer))
    }
  })
  for (const client of clients) differences.push(...(await compareGuilds(work.ledger, client)))
  return differences
}

function comparePlayer(account: Account, { player }: PlayerAnswer): string[] {
  if (player === null) return [`${account.id}: is not there`]
  const differences: string[] = []
  const compare = (what: string, expected: unknown, found: unknown) => {
    if (expected !== found) differences.push(`${account.id}: ${what}: expected ${expected}, found ${found}`)
  }
  const found = new Map(player.inventory.map(({ sword, count }) => [sword.type, count]))
  compare("gold", account.gold, player.gold)
  compare("guild", account.guild, player.guild?.id ?? null)
  for (const type of new Set([...account.swords.keys(), ...found.keys()])) {
    compare(type, account.swords.get(type) ?? 0, found.get(type) ?? 0)
  }
  return differences
}

async function compareGuilds({ accounts, guilds }: Ledger, client: GraphqlClient): Promise<string[]> {
  const differences: string[] = []
  for (const guild of guilds) {
    const expected = new Set(accounts.filter(account => account.guild === guild).map(({ id }) => id))
    const found = new Set(await membersOf(guild, client))
    for (const id of expected)
      if (!found.has(id)) differences.push(`${guild}: ${id} is missing among its members`)
    for (const id of found)
      if (!expected.has(id)) differences.push(`${guild}: ${id} is among its members, unexpected`)
  }
  return differences
}

async function membersOf(guild: string, client: GraphqlClient): Promise<string[]> {
  const ids: string[] = []
  let after: string | null = null
  for (;;) {
    const answer: MembersAnswer = await ask<MembersAnswer>(client, MEMBERS, { id: guild, after })
    if (answer.guild === null) return ids
    const { edges, pageInfo } = answer.guild.members
    ids.push(...edges.map(({ node }) => node.id))
    if (!pageInfo.hasNextPage) return ids
    after = pageInfo.endCursor
  }
}

/** Throws when the server does not answer the query. */
async function ask<T>(client: GraphqlClient, query: string, variables: object): Promise<T> {
  const { data, errors } = await client.ask<T>(query, variables)
  const [error] = errors ?? []
  if (error !== undefined || !data) throw new Error(`${client.url}: ${error?.message ?? "no data"}`)
  return data
}
