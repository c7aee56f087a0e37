import type { Closers } from "../../comparison/closers.js"
import { EventLoop } from "../../comparison/eventLoop.js"
import { forked } from "../../comparison/forked.js"
import { processorTime } from "../../comparison/processes.js"
import { Postgres } from "../../peers/postgres.js"
import { makeShop } from "../../peers/sqlShop.js"
import { GOLD, type Side, SWORD } from "./side.js"

export interface PeerOptions {
  readonly name: string
  /** A file of benchmarks/peers/. */
  readonly program: string
  readonly players: number
  /** PostgreSQL's setting: whether a purchase is on the disk before it is acknowledged. */
  readonly synchronousCommit: "on" | "off"
}

/** A server of benchmarks/peers/ over a PostgreSQL of its own. */
export async function openPeer(options: PeerOptions, closers: Closers): Promise<Side> {
  const { name, program, players, synchronousCommit } = options
  const postgres = await Postgres.start(synchronousCommit)
  closers.add(() => postgres.stop())
  const client = await postgres.client()
  closers.add(() => client.end())
  await makeShop(client, players, GOLD)
  const eventLoop = await EventLoop.prepare(closers)
  const file = new URL(`../../peers/${program}`, import.meta.url)
  const { url, pid } = await forked(file, [postgres.folder], eventLoop.settings, closers)
  const roots = [pid, await postgres.pid()]
  const checkpoint = async () => {
    await client.query("CHECKPOINT")
  }
  return {
    name,
    url,
    prefix: "p",
    eventLoop,
    cost: () => processorTime(roots),
    upkeep: checkpoint,
    settle: checkpoint,
    async verify(purchases) {
      const { rows } = await client.query(FINAL, [GOLD])
      const expected = { bought: purchases, owned: purchases, spent: purchases * SWORD.price }
      return Object.entries(expected)
        .filter(([what, count]) => Number(rows[0]?.[what]) !== count)
        .map(([what, count]) => `${name}: ${what}: expected ${count}, found ${rows[0]?.[what]}`)
    },
  }
}

/** No key is there twice: a unique index says so. */
const FINAL = `
  SELECT (SELECT count(*) FROM purchases) AS bought,
         (SELECT coalesce(sum(count), 0) FROM inventory) AS owned,
         (SELECT sum($1::bigint - gold) FROM players) AS spent`
