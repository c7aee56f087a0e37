import { GraphqlClient } from "../../../src/client/graphqlClient.js"
import { inParallel } from "../../../src/load/inParallel.js"
import { Guildhall } from "../../../test/support/guildhall.js"
import { GOLD } from "./side.js"

export const NAME = "Guildhall"

export const AT_A_TIME = 64

const REGISTER =
  "mutation ($input: RegisterPlayerInput!) { done: registerPlayer(input: $input) { refusal { code } } }"
const GRANT = "mutation ($input: GrantGoldInput!) { done: grantGold(input: $input) { refusal { code } } }"

/** Registers so many players, with all the gold they need. */
export async function makePlayers(client: GraphqlClient, prefix: string, players: number): Promise<void> {
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

/** Stops these first, all of one world: the audit of an embedded one needs its folder. */
export async function problemsOfAudit(
  servers: readonly Guildhall[],
  settings: Readonly<Record<string, string>>,
): Promise<string[]> {
  for (const server of servers) {
    const code = await server.stop()
    if (code !== 0) return [`${NAME}: ended with ${code}\n${server.output}`]
  }
  const audit = await Guildhall.run(["audit"], settings)
  return audit.code === 0 ? [] : [`${NAME}: the audit says\n${audit.output}`]
}
