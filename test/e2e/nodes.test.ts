import { execFileSync } from "node:child_process"
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { expect, it } from "vitest"
import { openLmdbLog } from "../../src/adapters/lmdb/log.js"
import type { AuditReport } from "../../src/audit/report.js"
import { record } from "../log/support/records.js"
import { temporaryFolder } from "../support/folder.js"
import { ask, freePort, Guildhall } from "../support/guildhall.js"
import { type NodeProgram, nodePrograms } from "../support/nodes.js"

/** Assigned by Unicode 17: some of these versions of Node know it, others do not. */
const NEW_CHARACTER = "\u{1FA8A}"

it("one log is read, continued, landed and audited alike by every version of Node, whatever its Unicode tables", async () => {
  const nodes = nodePrograms()
  expect(new Set(nodes.map(knowsTheCharacter))).toEqual(new Set([true, false]))
  const settings = { DATA_DIR: await temporaryFolder(), PORT: await freePort(), LOG_LEVEL: "warn" }

  // The oldest comes last again: what it could not read once must not stay so.
  const [oldest] = nodes
  for (const [round, node] of [...nodes.slice(1), ...(oldest === undefined ? [] : [oldest])].entries()) {
    const name = knowsTheCharacter(node) ? `${NEW_CHARACTER} ${round}` : `A ${round}`
    const server = await Guildhall.serve(settings, [], { node: node.path })
    try {
      const player = `player-${round}`
      expect(await ask(server.url, REGISTER, { player, name })).toMatchObject({ data: REGISTERED })
      for (let other = 0; other <= round; other++) {
        const granted = await ask(server.url, GRANT, { player: `player-${other}`, reason: name })
        expect(granted, `by ${node.version}`).toMatchObject({ data: GRANTED })
      }
      expect(await ask(server.url, FOUND, { player, name: `Guild ${name}` })).toMatchObject({ data: FOUNDED })
    } finally {
      await server.stop()
    }
    const landed = await Guildhall.run(["land", "--once"], settings, { node: node.path })
    expect(landed.code, landed.output).toBe(0)
    for (const report of await audits(nodes, settings)) expect(report).toMatchObject({ ok: true })
  }
}, 600_000)

it("an event that no build can read freezes its player with the same words under every version of Node", async () => {
  const nodes = nodePrograms()
  const DATA_DIR = await temporaryFolder()
  const settings = { DATA_DIR, PORT: await freePort(), LOG_LEVEL: "silent", ROLES: "api,projector" }
  await (await Guildhall.serve(settings)).stop()
  await append(join(DATA_DIR, "realm-0", "log"), nestedGrant("alice"))
  for (const node of nodes) {
    await rm(join(DATA_DIR, "realm-0", "views"), { recursive: true })
    await (await Guildhall.serve(settings, [], { node: node.path })).stop()
    const [report] = await audits(nodes, settings)
    expect(report?.findings.shown).toMatchObject([
      { kind: "frozen", subject: "player/alice", found: expect.stringContaining("GoldGranted.reason") },
    ])
  }
}, 600_000)

const REGISTER = `mutation ($player: ID!, $name: String!) {
  registerPlayer(input: { playerId: $player, name: $name, region: "eu" }) { refusal { code } } }`
const REGISTERED = { registerPlayer: { refusal: null } }
const GRANT = `mutation ($player: ID!, $reason: String!) {
  grantGold(input: { playerId: $player, amount: 1, reason: $reason }) { refusal { code } } }`
const GRANTED = { grantGold: { refusal: null } }
const FOUND = `mutation ($player: ID!, $name: String!) {
  foundGuild(input: { founderId: $player, name: $name }) { refusal { code } } }`
const FOUNDED = { foundGuild: { refusal: null } }

function knowsTheCharacter({ path }: NodeProgram): boolean {
  const script = `process.exit(/\\p{Cn}/u.test("${NEW_CHARACTER}") ? 1 : 0)`
  try {
    execFileSync(path, ["--eval", script])
    return true
  } catch {
    return false
  }
}

/** Every version proves the log, and views and lake as its fold, and finds the same. */
async function audits(
  nodes: readonly NodeProgram[],
  settings: Readonly<Record<string, string>>,
): Promise<readonly AuditReport[]> {
  const reports = await Promise.all(
    nodes.map(async ({ path }) => {
      const { output } = await Guildhall.run(["audit", "--json"], settings, { node: path })
      return JSON.parse(output.slice(output.indexOf("{"))) as AuditReport
    }),
  )
  for (const [i, report] of reports.entries()) {
    expect(report, `audit by ${nodes[i]?.version}`).toEqual(reports[0])
  }
  return reports
}

async function append(folder: string, bytes: Uint8Array): Promise<void> {
  const log = await openLmdbLog({ folder })
  try {
    await log.append([bytes])
  } finally {
    await log.close()
  }
}

/** A commit whose reason is lists in lists, about as deep as JSON.stringify goes: by version, a little more or less. */
function nestedGrant(player: string): Uint8Array {
  const depth = 4300
  const reason = `${"[".repeat(depth)}${"]".repeat(depth)}`
  const data = `{"player":"${player}","amount":1,"reason":${reason}}`
  const event = `{"type":"GoldGranted","v":1,"data":${data}}`
  const command = `{"id":"${player}/k","digest":"d","events":[${event}]}`
  return record(`{"id":"c","seen":1,"at":1,"on":{"player/${player}":null},"commands":[${command}]}`)
}
