import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { GraphqlClient } from "../../src/client/graphqlClient.js"
import { inParallel } from "../../src/load/inParallel.js"
import { freePort, Guildhall } from "../../test/support/guildhall.js"
import { Closers } from "./closers.js"
import { processorTime } from "./processes.js"
import { GOLD, type Side, SWORD } from "./side.js"

const AT_A_TIME = 64
const LOOK_MS = 50
const NAME = "Guildhall"

const REGISTER =
  "mutation ($input: RegisterPlayerInput!) { done: registerPlayer(input: $input) { refusal { code } } }"
const GRANT = "mutation ($input: GrantGoldInput!) { done: grantGold(input: $input) { refusal { code } } }"

/**
 * The shipped server, embedded, with all roles. `landWithin`: so that each turn has a landing. If it fails to
 * start, nothing of it is left.
 */
export function openOurs(players: number, landWithin: string): Promise<Side> {
  return Closers.opening(closers => open(players, landWithin, closers))
}

async function open(players: number, landWithin: string, closers: Closers): Promise<Side> {
  const folder = await mkdtemp(join(tmpdir(), "guildhall-bench-"))
  closers.add(() => rm(folder, { recursive: true, force: true }))
  const settings = {
    DATA_DIR: folder,
    PORT: await freePort(),
    LOG_LEVEL: "warn",
    LAND_WITHIN: landWithin,
    NODE_ENV: "production",
  }
  const server = await Guildhall.serve(settings)
  closers.add(() => server.kill9())
  const prefix = `p${randomBytes(3).toString("hex")}-`
  const client = new GraphqlClient(server.url, AT_A_TIME)
  closers.add(() => client.close())
  await makePlayers(client, prefix, players)
  return {
    name: NAME,
    url: server.origin,
    prefix,
    cost: () => processorTime([server.pid]),
    // The lander works by its own clock.
    upkeep: async () => {},
    settle: () => landed(client),
    verify: async purchases => [
      ...(await problemsOfSales(client, purchases)),
      ...(await problemsOfAudit(server, settings)),
    ],
    close: () => closers.close(),
  }
}

async function problemsOfSales(client: GraphqlClient, purchases: number): Promise<string[]> {
  const { data } = await client.ask<Sold>("{ sales(by: []) { rows { purchases revenue } } }")
  const row = data?.sales.rows[0]
  const expected = `${purchases} purchases for ${purchases * SWORD.price}`
  const found = `${row?.purchases} purchases for ${row?.revenue}`
  return found === expected ? [] : [`${NAME}: expected ${expected}, found ${found}`]
}

/** Stops the server first: the audit of an embedded world needs its folder. */
async function problemsOfAudit(
  server: Guildhall,
  settings: Readonly<Record<string, string>>,
): Promise<string[]> {
  const code = await server.stop()
  if (code !== 0) return [`${NAME}: ended with ${code}\n${server.output}`]
  const audit = await Guildhall.run(["audit"], settings)
  return audit.code === 0 ? [] : [`${NAME}: the audit says\n${audit.output}`]
}

interface Sold {
  readonly sales: { readonly rows: readonly { readonly purchases: number; readonly revenue: number }[] }
}

interface Landing {
  readonly status: { readonly head: number; readonly landed: number | null }
}

async function makePlayers(client: GraphqlClient, prefix: string, players: number): Promise<void> {
  const ids = Array.from({ length: players }, (_, n) => `${prefix}${n}`)
  await inParallel(ids, AT_A_TIME, async id => {
    await done(client, REGISTER, { playerId: id, name: "Bench", region: "eu" })
    await done(client, GRANT, { playerId: id, amount: GOLD, reason: "bench" })
  })
}

async function done(client: GraphqlClient, mutation: string, input: object): Promise<void> {
  const answer = await client.ask<{ readonly done: { readonly refusal: object | null } | null }>(mutation, {
    input,
  })
  if (answer.data?.done?.refusal !== null) throw new Error(`${mutation}: ${JSON.stringify(answer)}`)
}

/** Until the lake has everything. */
async function landed(client: GraphqlClient): Promise<void> {
  for (;;) {
    const { data } = await client.ask<Landing>("{ status { head landed } }")
    if (data && data.status.landed === data.status.head) return
    await sleep(LOOK_MS)
  }
}
