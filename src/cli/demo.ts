import { graphqlUrl } from "../app/config.js"
import { type GraphqlAnswer, GraphqlClient } from "../client/graphqlClient.js"
import type { Catalogue, CatalogueMonster } from "../domain/catalogue.js"
import { UserError } from "../lib/userError.js"
import { exampleSword } from "./exampleSword.js"
import { EXIT } from "./output.js"

const NAMES = [
  "Alice",
  "Bob",
  "Carol",
  "Dave",
  "Erin",
  "Frank",
  "Grace",
  "Heidi",
  "Ivan",
  "Judy",
  "Mallory",
  "Niaj",
]
const REGIONS = ["eu", "us", "asia"]
const GUILDS = ["Knights of the Round Table", "Night Watch", "Merchants"]
const PURCHASES = 39

/** Stands for the id of the trade that was offered last. */
const LAST_TRADE = "0-0"

/** Buys nothing but the very last sword. */
const LAST_BUYER = "niaj"

interface Step {
  readonly field: string
  readonly type: string
  readonly input: Readonly<Record<string, unknown>>
}

/** Makes the demo world on the server at `url`, by default at HOST and PORT. Throws as `makeDemoWorld` does. */
export async function demo({ url = graphqlUrl(process.env) }: { readonly url?: string }): Promise<number> {
  await makeDemoWorld(url)
  return EXIT.ok
}

/**
 * Makes a small, finite world: 12 players, 3 guilds, 40 purchases, and some of all else that players do; with another
 * catalogue, as much of that as it allows. Idempotent: every step has a fixed idempotency key, so within the keys'
 * retention a second call replays; later the rules refuse, or it finds the world complete. Throws if the server answers
 * with an error.
 */
export async function makeDemoWorld(url: string): Promise<void> {
  const client = new GraphqlClient(url)
  try {
    const query = `{ player(id: "${LAST_BUYER}") { purchases(first: 1) { edges { cursor } } } }`
    const found = await client.ask<{ player: { purchases: { edges: object[] } } | null }>(query)
    if ((found.data?.player?.purchases.edges.length ?? 0) > 0) return
    // If no offer was accepted, it stays an id that no trade has.
    let trade = LAST_TRADE
    for (const [i, { input, ...step }] of demoSteps(await catalogueOf(client)).entries()) {
      const whole = input.tradeId === LAST_TRADE ? { ...input, tradeId: trade } : input
      trade = (await take(client, { ...step, input: whole }, `demo-${i}`)) ?? trade
    }
  } finally {
    await client.close()
  }
}

/** What the server sells and lets players fight. */
async function catalogueOf(client: GraphqlClient): Promise<Pick<Catalogue, "swords" | "monsters">> {
  const query = "{ swords { type name price power } monsters { type name strength gold } }"
  const { data } = await client.ask<Pick<Catalogue, "swords" | "monsters">>(query)
  return data ?? { swords: [], monsters: [] }
}

function demoSteps({ swords, monsters }: Pick<Catalogue, "swords" | "monsters">): Step[] {
  const ids = NAMES.map(name => name.toLowerCase())
  const player = (i: number) => ids[i]
  const guildId = (i: number) => GUILDS[i % GUILDS.length]?.toLowerCase().replaceAll(" ", "-")
  const registered = NAMES.map((name, i) => {
    return step("registerPlayer", { playerId: player(i), name, region: REGIONS[i % REGIONS.length] })
  })
  const granted = ids.map(playerId => step("grantGold", { playerId, amount: 4000, reason: "welcome" }))
  const founded = GUILDS.map((name, i) => step("foundGuild", { founderId: player(i), name, capacity: 8 }))
  const joined = ids.slice(3, 10).map((playerId, i) => step("joinGuild", { playerId, guildId: guildId(i) }))
  const example = exampleSword(swords)
  const swordType = (i: number) => swords[(i * 7) % swords.length]?.type ?? example
  const bought = Array.from({ length: PURCHASES }, (_, i) => {
    return step("buySword", { playerId: player(i % 11), swordType: swordType(i) })
  })
  // Comes last, so that the next call finishes a world that was interrupted half-way.
  const last = step("buySword", { playerId: LAST_BUYER, swordType: example })
  return [...registered, ...granted, ...founded, ...joined, ...bought, ...market(monsters, swordType), last]
}

/** Fights, a rest, a sale, gifts, and three trades: one made, one declined, one that stays open. */
function market(monsters: readonly CatalogueMonster[], swordType: (purchase: number) => string): Step[] {
  const offer = (playerId: string, toPlayerId: string, gives: object, wants: object) =>
    step("offerTrade", { playerId, toPlayerId, gives, wants })
  const sword = (purchase: number) => ({ swords: [{ swordType: swordType(purchase), count: 1 }] })
  const fight = (playerId: string, { type }: CatalogueMonster) => {
    return step("fightMonster", { playerId, monster: type })
  }
  return [
    ...monsters.slice(0, 3).map(monster => fight("carol", monster)),
    ...monsters.slice(-1).map(monster => fight("dave", monster)),
    step("rest", { playerId: "dave" }),
    step("sellSword", { playerId: "frank", swordType: swordType(5) }),
    step("gift", { fromPlayerId: "grace", toPlayerId: "heidi", swordType: swordType(6) }),
    step("gift", { fromPlayerId: "heidi", toPlayerId: "ivan", gold: 100 }),
    offer("ivan", "judy", sword(8), { gold: 200 }),
    step("acceptTrade", { playerId: "judy", fromPlayerId: "ivan", tradeId: LAST_TRADE }),
    offer("bob", "carol", { gold: 10 }, sword(2)),
    step("withdrawTrade", { playerId: "carol", otherPlayerId: "bob", tradeId: LAST_TRADE }),
    offer("judy", "bob", sword(9), { gold: 50 }),
  ]
}

function step(field: string, input: Step["input"]): Step {
  return { field, type: `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`, input }
}

/** The id of the trade that it has offered, if it has. */
async function take(
  client: GraphqlClient,
  { field, type, input }: Step,
  idempotencyKey: string,
): Promise<string | undefined> {
  const selection = field === "offerTrade" ? "trade { id }" : "replayed"
  const query = `mutation ($input: ${type}!) { answer: ${field}(input: $input) { ${selection} } }`
  const answer: GraphqlAnswer<{ answer: { trade?: { id: string } | null } | null }> = await client.ask(
    query,
    {
      input: { ...input, idempotencyKey },
    },
  )
  const [error] = answer.errors ?? []
  if (error !== undefined) throw new UserError(`demo world: ${field}: ${error.message}`)
  return answer.data?.answer?.trade?.id
}
