import { randomId } from "../../../src/adapters/system/clock.js"
import { encodeCommit } from "../../../src/log/codec.js"
import { openGenesis } from "../../../src/log/genesis.js"
import type { Log } from "../../../src/ports/log.js"

/** Purchases, and what was paid for all of them. */
export interface Tally {
  readonly rows: number
  readonly revenue: number
}

const PLAYERS = 1000
const REGIONS = ["eu-west", "us-east", "asia"]
const SWORDS: readonly (readonly [string, number])[] = [
  ["wooden-sword", 10],
  ["dagger", 25],
  ["gladius", 60],
  ["katana", 200],
  ["excalibur", 10_000],
]
/** Records in one append. */
const APPEND = 1000

/** Fills an empty log with purchases of random players, one commit each, as a busy server writes them. */
export async function fillLog(log: Log, rows: number): Promise<Tally> {
  await openGenesis(log, { realm: 0, newId: randomId, signal: new AbortController().signal })
  const links = new Map<string, string>()
  let { head } = await log.bounds()
  let revenue = 0
  const purchase = () => {
    const player = `player-${pick(PLAYERS)}`
    const [swordType, price] = SWORDS[pick(SWORDS.length)] ?? ["dagger", 25]
    const region = REGIONS[pick(REGIONS.length)] ?? "eu-west"
    const guild = pick(2) === 0 ? null : `guild-${pick(50)}`
    const id = randomId()
    const on = { [`player/${player}`]: links.get(player) ?? null }
    links.set(player, id)
    revenue += price
    const data = { player, swordType, price, region, guild }
    const events = [{ type: "SwordBought", v: 1, data }]
    const commands = [{ id: `${player}/${randomId()}`, digest: randomId(), events }]
    return encodeCommit({ id, seen: head++, at: Date.now(), on, commands })
  }
  for (let made = 0; made < rows; made += APPEND) {
    await log.append(Array.from({ length: Math.min(APPEND, rows - made) }, purchase))
  }
  return { rows, revenue }
}

function pick(count: number): number {
  return Math.floor(Math.random() * count)
}
