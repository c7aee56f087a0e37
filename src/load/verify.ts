import type { GraphqlAsker } from "../client/graphqlClient.js"
import { UserError } from "../lib/userError.js"
import type { Account, ExpectedPlayer } from "./account.js"
import type { LoadCommand } from "./command.js"
import { inParallel } from "./inParallel.js"
import type { Ledger } from "./ledger.js"
import type { LoadTrade } from "./move.js"
import { type Performing, settleDoubts } from "./perform.js"
import { readMembers, readPlayer } from "./world.js"

/**
 * Compares what was promised with what each given server says now, player by player, and guilds from both
 * sides. What is in doubt is settled first. Nobody else may use these players meanwhile. Returns the
 * differences, one line each. Throws if a server does not answer.
 */
export async function verify(
  performing: Performing,
  clients: readonly GraphqlAsker[],
  concurrency: number,
): Promise<string[]> {
  const { ledger } = performing
  await settleDoubts(performing, concurrency)
  const differences = ledger.inDoubt.map(
    ({ name, player, key }) => `${name} ${player} (${key}): still in doubt`,
  )
  const position = await positionAfterAll(performing)
  for (const client of clients) {
    await inParallel(ledger.accounts, concurrency, async account => {
      differences.push(...comparePlayer(account, await readPlayer(client, account.id, position)))
    })
    await inParallel([...ledger.guilds], concurrency, async guild => {
      differences.push(...compareGuild(guild, ledger, await readMembers(client, guild, position)))
    })
  }
  return differences
}

/**
 * A position after everything acknowledged: that of a refusal, which rests on the log as of its request
 * (R23). Registering a player a second time is refused and changes nothing.
 */
async function positionAfterAll({ ledger, sender }: Performing): Promise<string> {
  const player = ledger.accounts[0]?.id ?? ""
  const input = { playerId: player, name: "Load", region: "load" }
  const key = `fence-${Date.now().toString(36)}`
  const command: LoadCommand = { name: "registerPlayer", player, input, key, gold: 0, guild: null }
  const sent = await sender.send(command)
  if (sent.kind === "gaveUp") throw new UserError(`the servers cannot be asked: ${sent.reason}`)
  return sent.payload.position
}

function comparePlayer(account: Account, found: ExpectedPlayer | null): string[] {
  if (found === null) return [`${account.id}: does not exist`]
  const differences: string[] = []
  const compare = (what: string, expected: unknown, got: unknown) => {
    if (expected !== got) differences.push(`${account.id}: ${what}: expected ${expected}, found ${got}`)
  }
  compare("gold", account.gold, found.gold)
  compare("health", account.health, found.health)
  compare("guild", account.guild, found.guild)
  const { swords } = account.state
  for (const type of new Set([...swords.keys(), ...found.swords.keys()])) {
    compare(type, swords.get(type) ?? 0, found.swords.get(type) ?? 0)
  }
  compareTrades("trade", account.trades, found.trades, compare)
  compareTrades("offer", account.offers, found.offers, compare)
  return differences
}

function compareTrades(
  what: string,
  expected: ReadonlyMap<string, LoadTrade>,
  found: ReadonlyMap<string, LoadTrade>,
  compare: (what: string, expected: unknown, got: unknown) => void,
): void {
  const textOf = (trade: LoadTrade | undefined) => (trade === undefined ? "none" : JSON.stringify(trade))
  for (const id of new Set([...expected.keys(), ...found.keys()])) {
    compare(`${what} ${id}`, textOf(expected.get(id)), textOf(found.get(id)))
  }
}

/** Members that are not players of the run are ignored. */
function compareGuild(guild: string, ledger: Ledger, members: readonly string[]): string[] {
  const expected = ledger.accounts.filter(account => account.guild === guild).map(({ id }) => id)
  const missing = expected.filter(id => !members.includes(id))
  const unexpected = members.filter(id => ledger.account(id) !== undefined && !expected.includes(id))
  return [
    ...missing.map(id => `${guild}: member ${id} is missing`),
    ...unexpected.map(id => `${guild}: ${id} is an unexpected member`),
  ]
}
