import { expect } from "vitest"
import { ask, freePort, Guildhall } from "../../support/guildhall.js"

/** Where and how a process runs. */
export interface Surroundings {
  readonly settings: Readonly<Record<string, string>>
  /** What it is started by, such as `setpriv`. */
  readonly wrap?: readonly string[]
  /** Another Node than the tests'. */
  readonly node?: string
}

/** Names beyond ASCII, upper and lower case: what a locale could alter. */
const REGISTER = `mutation { registerPlayer(input: { playerId: "alice", name: "İpek ıŞık", region: "istanbul" }) {
  player { name } refusal { code } } }`

const BUY = `mutation { buySword(input: { playerId: "alice", swordType: "dagger", idempotencyKey: "k" }) {
  purchase { price purchasedAt region } replayed refusal { code } } }`

const REPORTS = `query ($at: DateTime!) {
  sales(by: [REGION]) { rows { region purchases revenue players } }
  playerAsOf(id: "alice", at: $at) { name gold }
  status { head landed }
}`

const SQL = "select region, cast(count(*) as integer) as purchases from sword_purchases group by region"

/** Start, register, buy, land, reports, audit, SQL, status, stop, start again. What everything answered, times left out. */
export async function journey({ settings, wrap, node }: Surroundings) {
  const all = { ...settings, PORT: await freePort(), LAND_WITHIN: "500ms" }
  const program = { ...(node === undefined ? {} : { node }), ...(wrap === undefined ? {} : { wrap }) }
  const run = (...args: string[]) => Guildhall.run(args, all, program)
  const server = await Guildhall.serve(all, [], program)
  try {
    const registered = await ask(server.url, REGISTER)
    const { buySword: bought } = await buy(server.url)
    const { purchasedAt, ...purchase } = bought?.purchase ?? { purchasedAt: "" }
    await reportsOnceLanded(server.url, purchasedAt)
    const status = await run("status", "--json")
    const sql = await run("sql", SQL, "--format", "csv")
    const audit = await run("audit")
    const stopped = await server.stop()
    const again = await Guildhall.serve(all, [], program)
    const { buySword: replay } = await buy(again.url)
    return {
      registered: registered.data,
      purchase,
      reports: await reportsOnceLanded(again.url, purchasedAt),
      status: { code: status.code, ready: status.output.includes('"ready": true') },
      sql: { code: sql.code, lines: sql.output.split("\n").filter(line => /^(region|istanbul)/.test(line)) },
      audit: { code: audit.code, says: audit.output.split("\n").find(line => line.startsWith("audit")) },
      replayed: replay?.replayed,
      stopped: [stopped, await again.stop()],
    }
  } finally {
    await server.kill9()
  }
}

async function reportsOnceLanded(url: string, at: string) {
  const reports = async () => (await ask(url, REPORTS, { at })).data
  await expect
    .poll(async () => (await reports())?.status, { timeout: 30_000 })
    .toEqual({ head: 3, landed: 3 })
  return reports()
}

interface Bought {
  readonly buySword?: {
    readonly purchase: { readonly price: number; readonly purchasedAt: string; readonly region: string }
    readonly replayed: boolean
  }
}

async function buy(url: string): Promise<Bought> {
  return (await ask(url, BUY)).data ?? {}
}
