import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import { temporaryFolder } from "../support/folder.js"
import { ask, freePort, Guildhall } from "../support/guildhall.js"

const REPORTS = `query ($at: DateTime!) {
  sales(by: [REGION], live: false) { rows { region purchases revenue } }
  purchases(first: 9, filter: { region: "asia" }) { edges { node { sword { type } region } } }
  playerAsOf(id: "alice", at: $at) { gold region inventory { sword { type } count } }
  player(id: "alice") { gold region inventory { sword { type } count } }
}`

/** Plays a little, and asks for reports once it has landed. */
async function reportsOf({ url }: Guildhall): Promise<Record<string, unknown>> {
  for (const [id, region] of [
    ["alice", "asia"],
    ["bob", "eu"],
  ]) {
    await ask(
      url,
      `mutation { registerPlayer(input: { playerId: "${id}", name: "${id}", region: "${region}" }) { replayed } }`,
    )
    await ask(url, `mutation { buySword(input: { playerId: "${id}", swordType: "dagger" }) { replayed } }`)
  }
  await expect
    .poll(async () => (await ask(url, "{ status { landed } }")).data, { timeout: 30_000 })
    .toEqual({ status: { landed: 5 } })
  const { data, errors } = await ask(url, REPORTS, { at: new Date().toISOString() })
  expect(errors).toBeUndefined()
  return data ?? {}
}

test.each([
  "region=mars/player=nobody/type=SwordBought",
  "dt=1999-01-01/add=1/log_offset=3",
  "it's [a] *lake? {b,c} a%20b%zz",
  'back\\slash "quoted" $HOME ~',
])("below a folder called %j all reports are right, and the audit is sound", async name => {
  const folder = join(await temporaryFolder(), name)
  await mkdir(folder, { recursive: true })
  const settings = {
    DATA_DIR: join(folder, "data"),
    PORT: await freePort(),
    LOG_LEVEL: "warn",
    LAND_WITHIN: "1s",
  }
  const server = await Guildhall.serve(settings)
  try {
    const { sales, purchases, playerAsOf, player } = await reportsOf(server)

    expect(sales).toEqual({
      rows: [
        { region: "asia", purchases: 1, revenue: 25 },
        { region: "eu", purchases: 1, revenue: 25 },
      ],
    })
    expect(purchases).toEqual({ edges: [{ node: { sword: { type: "dagger" }, region: "asia" } }] })
    expect(playerAsOf).toEqual(player)
    const audit = await Guildhall.run(["audit"], settings)
    expect(audit.code, audit.output).toBe(0)
    const query = "SELECT region, count(*) AS n FROM sword_purchases GROUP BY region ORDER BY region"
    const sql = await Guildhall.run(["sql", "--format", "csv", query], settings)
    expect(sql.output).toContain("region,n\nasia,1\neu,1")
  } finally {
    await server.kill9()
  }
})
