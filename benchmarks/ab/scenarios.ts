import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { apacheBench, type BenchResult } from "./apacheBench.js"
import type { Game } from "./game.js"

const BODIES = fileURLToPath(new URL("bodies/", import.meta.url))

/** What the bodies buy. */
const SWORD = "rapier"

/** What a new player has. */
const STARTING_GOLD = 1000

/** What a run does, and where. */
export interface Plan {
  readonly game: Game
  readonly url: string
  /** Distinguishes this run's players from those of other runs. */
  readonly run: string
  readonly requests: number
  readonly concurrency: number
  /** For bodies and percentiles while it runs. */
  readonly folder: string
  /** Ends it. */
  readonly signal: AbortSignal
}

/** What `ab` measured in one scenario, and what became of its requests. */
export interface Outcome {
  readonly name: string
  readonly sent: number
  readonly bench: BenchResult
  readonly fate: Fate
  /** What is wrong, for a person; empty if each request is accounted for. */
  readonly problems: readonly string[]
}

/** What became of the requests. */
export interface Fate {
  /** How many are in the log; null for a query, which writes nothing. */
  readonly inLog: number | null
  readonly replayed: number
  /** By code. */
  readonly refused: ReadonlyMap<string, number>
}

/** Buys with one body without a key: each request is a purchase of its own, as long as there is gold. */
export async function buySword(plan: Plan, name: string, affordable: number): Promise<Outcome> {
  const isRich = affordable >= plan.requests
  const player = `${plan.run}-${isRich ? "rich" : "poor"}`
  await enrich(plan, player, affordable)
  return buying(plan, { name, player, body: "buySword.json", expected: isRich ? plan.requests : affordable })
}

/** Buys with one body and its key: the first is the purchase, and all others are answered with it. */
export async function buySwordOneKey(plan: Plan, name: string): Promise<Outcome> {
  const player = `${plan.run}-careful`
  await enrich(plan, player, plan.requests)
  return buying(plan, { name, player, body: "buySwordOneKey.json", expected: 1 })
}

/** One body again and again: the player joins once. */
export async function joinGuild(plan: Plan, name: string): Promise<Outcome> {
  const { game, run, requests } = plan
  const [player, guild] = [`${run}-joiner`, `${run}-guild`]
  await game.register(player)
  await game.register(`${run}-founder`)
  await game.found(`${run}-founder`, guild)
  const [joinedBefore, before] = [await game.joined(guild), await game.answered("joinGuild")]
  const bench = await sendBody(plan, "joinGuild.json", player)
  const inLog = (await game.joined(guild)) - joinedBefore
  const fate = { inLog, ...since(before, await game.answered("joinGuild")) }
  const problems = [...unaccounted(bench, fate), ...unexpected(inLog, 1, "joins", bench)]
  return { name, sent: requests, bench, fate, problems }
}

/** A query by GET: operation and variables are parameters of the URL. */
export async function queryByGet(plan: Plan, name: string): Promise<Outcome> {
  const url = new URL(plan.url)
  url.searchParams.set("query", "query ($first: Int) { leaderboard(board: SWORDS, first: $first) { score } }")
  url.searchParams.set("variables", JSON.stringify({ first: 3 }))
  const before = await plan.game.head()
  const bench = await send(plan, url.href, null)
  const written = (await plan.game.head()) - before
  const problems = written === 0 ? [] : [`the log grew by ${written} records during queries: who else plays?`]
  const fate = { inLog: null, replayed: 0, refused: new Map() }
  return { name, sent: plan.requests, bench, fate, problems: [...unanswered(bench), ...problems] }
}

/** Registers the player with gold for exactly that many purchases, which cost more than a new player has. */
async function enrich({ game }: Plan, player: string, purchases: number): Promise<void> {
  await game.register(player)
  await game.grant(player, purchases * (await game.priceOf(SWORD)) - STARTING_GOLD)
}

interface Buying {
  readonly name: string
  readonly player: string
  readonly body: string
  readonly expected: number
}

async function buying(plan: Plan, { name, player, body, expected }: Buying): Promise<Outcome> {
  const { game } = plan
  const [gold, before] = [await game.gold(player), await game.answered("buySword")]
  const bench = await sendBody(plan, body, player)
  const { purchases, different, revenue } = await game.bought(player)
  const spent = gold - (await game.gold(player))
  const fate = { inLog: purchases, ...since(before, await game.answered("buySword")) }
  const problems = [
    ...unaccounted(bench, fate),
    ...(different === purchases
      ? []
      : [`the history names ${purchases} purchases, of which ${different} differ`]),
    ...(spent === revenue ? [] : [`purchases for ${revenue} gold, but ${spent} are gone`]),
    ...unexpected(purchases, expected, "purchases", bench),
  ]
  return { name, sent: plan.requests, bench, fate, problems }
}

/** Sends a body of ours, which is for the demo world, with this run's player and guild. */
async function sendBody(plan: Plan, body: string, player: string): Promise<BenchResult> {
  const text = await readFile(join(BODIES, body), "utf8")
  const file = join(plan.folder, body)
  await writeFile(
    file,
    text.replace("alice", player).replace("knights-of-the-round-table", `${plan.run}-guild`),
  )
  return send(plan, plan.url, file)
}

function send(plan: Plan, url: string, body: string | null): Promise<BenchResult> {
  const { requests, concurrency, folder, signal } = plan
  return apacheBench({ url, body, requests, concurrency, csv: join(folder, "percentiles.csv"), signal })
}

type Counts = Awaited<ReturnType<Game["answered"]>>

function since(before: Counts, after: Counts): Pick<Fate, "replayed" | "refused"> {
  const refused = [...after.refused].map(([code, n]) => [code, n - (before.refused.get(code) ?? 0)] as const)
  return { replayed: after.replayed - before.replayed, refused: new Map(refused.filter(([, n]) => n > 0)) }
}

export function refusedIn({ refused }: Fate): number {
  return [...refused.values()].reduce((sum, count) => sum + count, 0)
}

/** Each answer is an effect, a refusal or a replay; a request without an answer may be one too, once. */
function unaccounted(bench: BenchResult, fate: Fate): string[] {
  const { answered, failed, not2xx } = bench
  const known = (fate.inLog ?? 0) + fate.replayed + refusedIn(fate)
  const [least, most] = [answered - not2xx, answered + failed]
  if (known >= least && known <= most) return unanswered(bench)
  const answers = least === most ? `${least} answers` : `${least} to ${most} answers`
  return [`the server counts ${known} commands for ${answers}: who else plays?`, ...unanswered(bench)]
}

/** Reported even if nothing is lost: the figures are then not those of undisturbed requests. */
function unanswered({ failed, not2xx }: BenchResult): string[] {
  const broken = failed === 0 ? [] : [`${failed} requests without an answer: each may be in the log, or not`]
  return not2xx === 0 ? broken : [...broken, `${not2xx} answers are errors (not 2xx)`]
}

function unexpected(
  count: number,
  expected: number,
  what: string,
  { failed, not2xx }: BenchResult,
): string[] {
  const isDisturbed = failed + not2xx > 0
  if (count === expected || (isDisturbed && count < expected)) return []
  return [`expected ${expected} ${what} in the log, found ${count}`]
}
