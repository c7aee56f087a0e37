import { UserError } from "../../src/lib/userError.js"

/** How long one request may take. */
const WITHIN_MS = 30_000

/** How many purchases one page holds, at most. */
const PAGE = 100

/** What the log holds of a player's purchases, as the history tells it. */
export interface Bought {
  readonly purchases: number
  /** Of how many different purchases these are: fewer if one is there twice. */
  readonly different: number
  readonly revenue: number
}

/** How this process's server answered commands of one name since it started. */
export interface Answered {
  readonly effective: number
  readonly replayed: number
  readonly refused: ReadonlyMap<string, number>
}

interface PurchasePage {
  readonly purchases: {
    readonly edges: readonly { readonly node: { readonly id: string; readonly price: number } }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

/** The game through GraphQL, as anybody has it, and the server's counts. */
export class Game {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async register(playerId: string): Promise<void> {
    await this.#mutate("registerPlayer", "RegisterPlayerInput", { playerId, name: playerId, region: "eu" })
  }

  async grant(playerId: string, amount: number): Promise<void> {
    await this.#mutate("grantGold", "GrantGoldInput", { playerId, amount, reason: "Apache Bench" })
  }

  /** Its id is its name: give one in lower case, without blanks. */
  async found(founderId: string, name: string): Promise<void> {
    await this.#mutate("foundGuild", "FoundGuildInput", { founderId, name })
  }

  async gold(playerId: string): Promise<number> {
    const { player } = await this.#ask<{ player: { gold: number } }>(
      "query ($id: ID!) { player(id: $id) { gold } }",
      {
        id: playerId,
      },
    )
    return player.gold
  }

  async priceOf(swordType: string): Promise<number> {
    const { swords } = await this.#ask<{ swords: { type: string; price: number }[] }>(
      "{ swords { type price } }",
    )
    const sword = swords.find(({ type }) => type === swordType)
    if (sword === undefined) throw new UserError(`${this.#url} sells no ${swordType}`)
    return sword.price
  }

  /** Where the log ends. */
  async head(): Promise<number> {
    return (await this.#ask<{ status: { head: number } }>("{ status { head } }")).status.head
  }

  /** From the whole history, page by page. */
  async bought(playerId: string): Promise<Bought> {
    const query = `query ($filter: PurchaseFilter, $after: Cursor) {
      purchases(filter: $filter, first: ${PAGE}, after: $after) {
        edges { node { id price } } pageInfo { hasNextPage endCursor }
      }
    }`
    const prices: number[] = []
    const ids = new Set<string>()
    for (let after: string | null = null, more = true; more; ) {
      const page: PurchasePage = await this.#ask(query, { filter: { playerId }, after })
      const { edges, pageInfo } = page.purchases
      for (const { node } of edges) {
        ids.add(node.id)
        prices.push(node.price)
      }
      after = pageInfo.endCursor
      more = pageInfo.hasNextPage
    }
    return {
      purchases: prices.length,
      different: ids.size,
      revenue: prices.reduce((sum, price) => sum + price, 0),
    }
  }

  /** How often players joined the guild, over all history; its foundation is one. */
  async joined(guildId: string): Promise<number> {
    const { guildGrowth } = await this.#ask<{ guildGrowth: { rows: { joined: number }[] } }>(
      "query ($guildId: ID) { guildGrowth(guildId: $guildId) { rows { joined } } }",
      { guildId },
    )
    return guildGrowth.rows.reduce((sum, row) => sum + row.joined, 0)
  }

  /** From the server's metrics. */
  async answered(command: string): Promise<Answered> {
    const response = await fetch(new URL("/metrics", this.#url), { signal: AbortSignal.timeout(WITHIN_MS) })
    const text = await response.text()
    const line = /^guildhall_commands_total\{command="(\w+)",outcome="(\w+)",code="(\w*)"\} (\d+)$/gm
    const counts = [...text.matchAll(line)].filter(([, name]) => name === command)
    const of = (outcome: string) => {
      return counts
        .filter(each => each[2] === outcome)
        .map(([, , , code = "", count]) => [code, Number(count)] as const)
    }
    return {
      effective: of("effective")[0]?.[1] ?? 0,
      replayed: of("replayed")[0]?.[1] ?? 0,
      refused: new Map(of("refused")),
    }
  }

  async #mutate(name: string, type: string, input: object): Promise<void> {
    const query = `mutation ($input: ${type}!) { answer: ${name}(input: $input) { refusal { code message } } }`
    const { answer } = await this.#ask<{ answer: { refusal: { code: string; message: string } | null } }>(
      query,
      {
        input,
      },
    )
    if (answer.refusal !== null) throw new UserError(`${name} was refused: ${answer.refusal.message}`)
  }

  async #ask<T>(query: string, variables: object = {}): Promise<T> {
    const answer = await this.#post(JSON.stringify({ query, variables }))
    const { data, errors } = answer as { data?: T; errors?: readonly { message: string }[] }
    if (errors !== undefined || data === undefined || data === null) {
      throw new UserError(`${this.#url}: ${errors?.map(({ message }) => message).join("; ") ?? "no data"}`)
    }
    return data
  }

  async #post(body: string): Promise<unknown> {
    try {
      const headers = { "content-type": "application/json" }
      const signal = AbortSignal.timeout(WITHIN_MS)
      const response = await fetch(this.#url, { method: "POST", headers, body, signal })
      return await response.json()
    } catch (error) {
      const reason =
        error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
      throw new UserError(`no GraphQL answers at ${this.#url}: ${reason}`)
    }
  }
}
