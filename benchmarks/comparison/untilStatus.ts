import { setTimeout as sleep } from "node:timers/promises"
import type { GraphqlClient } from "../../src/client/graphqlClient.js"
import type { Guildhall } from "../../test/support/guildhall.js"

/** How far a server has come. Offsets are exclusive. */
export interface HowFar {
  readonly head: number
  readonly projected: number
  readonly landed: number | null
}

const LOOK_MS = 50

/** Waits until a server has come so far; until it listens too. Throws with its output if it ends. */
export async function untilStatus(
  server: Guildhall,
  client: GraphqlClient,
  isEnough: (far: HowFar) => boolean,
): Promise<void> {
  let ended = false
  void server.exited().then(() => {
    ended = true
  })
  while (!ended) {
    const far = await howFar(client).catch(() => null)
    if (far !== null && isEnough(far)) return
    await sleep(LOOK_MS)
  }
  throw new Error(`guildhall ended before it had read its log:\n${server.output}`)
}

async function howFar(client: GraphqlClient): Promise<HowFar | null> {
  const { data } = await client.ask<{ readonly status: HowFar }>("{ status { head projected landed } }")
  return data?.status ?? null
}
