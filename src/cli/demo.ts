import { graphqlUrl } from "../app/config.js"
import { type GraphqlAnswer, GraphqlClient } from "../client/graphqlClient.js"
import { swords } from "../domain/catalogue.js"
import { UserError } from "../lib/userError.js"
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
 * Makes a small, finite world: 12 players, 3 guilds, 40 purchases. Idempotent: every step has a fixed
 * idempotency key, so within the keys' retention a second call replays; later the rules refuse, or it finds
 * the world complete. Throws if the server answers with an error.
 */
export async function makeDemoWorld(url: string): Promise<void> {
  const client = new GraphqlClient(url)
  try {
    const query = `{ player(id: "${LAST_BUYER}") { purchases(first: 1) { edges { cursor } } } }`
    const found = await client.ask<{ player: { purchases: { edges: object[] } } | null }>(query)
    if ((found.data?.player?.purchases.edges.length ?? 0) > 0) return
    for (const [i, step] of demoSteps().entries()) await take(client, step, `demo-${i}`)
  } finally {
    await client.close()
  }
}

function demoSteps(): Step[] {
  const ids = NAMES.map(name => name.toLowerCase())
  const player = (i: number) => ids[i]
  const guildId = (i: number) => GUILDS[i % GUILDS.length]?.toLowerCase().replaceAll(" ", "-")
  const registered = NAMES.map((name, i) => {
    return step("registerPlayer", { playerId: player(i), name, region: REGIONS[i % REGIONS.length] })
  })
  const granted = ids.map(playerId => step("grantGold", { playerId, amount: 4000, reason: "welcome" }))
  const founded = GUILDS.map((name, i) => step("foundGuild", { founderId: player(i), name, capacity: 8 }))
  const joined = ids.slice(3, 10).map((playerId, i) => step("joinGuild", { playerId, guildId: guildId(i) }))
  const bought = Array.from({ length: PURCHASES }, (_, i) => {
    return step("buySword", { playerId: player(i % 11), swordType: swords[(i * 7) % swords.length]?.type })
  })
  // Comes last, so that the next call finishes a world that was interrupted half-way.
  const last = step("buySword", { playerId: LAST_BUYER, swordType: "dagger" })
  return [...registered, ...granted, ...founded, ...joined, ...bought, last]
}

function step(field: string, input: Step["input"]): Step {
  return { field, type: `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`, input }
}

async function take(
  client: GraphqlClient,
  { field, type, input }: Step,
  idempotencyKey: string,
): Promise<void> {
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { replayed } }`
  const answer: GraphqlAnswer<object> = await client.ask(query, { input: { ...input, idempotencyKey } })
  const [error] = answer.errors ?? []
  if (error !== undefined) throw new UserError(`demo world: ${field}: ${error.message}`)
}
