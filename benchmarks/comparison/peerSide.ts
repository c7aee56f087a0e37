import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { Postgres } from "../peers/postgres.js"
import { makeShop } from "../peers/sqlShop.js"
import { Closers } from "./closers.js"
import { processorTime } from "./processes.js"
import { GOLD, type Side, SWORD } from "./side.js"

const TYPESCRIPT = fileURLToPath(new URL("../../test/support/typescript.mjs", import.meta.url))

/** A server of benchmarks/peers/ over a PostgreSQL of its own. If it fails to start, nothing of it is left. */
export function openPeer(name: string, program: string, players: number): Promise<Side> {
  return Closers.opening(closers => open(name, program, players, closers))
}

async function open(name: string, program: string, players: number, closers: Closers): Promise<Side> {
  const postgres = await Postgres.start()
  closers.add(() => postgres.stop())
  const client = await postgres.client()
  closers.add(() => client.end())
  await makeShop(client, players, GOLD)
  const child = forkServer(`../peers/${program}`, postgres.folder)
  closers.add(() => endServer(child))
  const url = await urlOf(child)
  const roots = [child.pid ?? 0, await postgres.pid()]
  const checkpoint = async () => {
    await client.query("CHECKPOINT")
  }
  return {
    name,
    url,
    prefix: "p",
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
    close: () => closers.close(),
  }
}

/** No key is there twice: a unique index says so. */
const FINAL = `
  SELECT (SELECT count(*) FROM purchases) AS bought,
         (SELECT coalesce(sum(count), 0) FROM inventory) AS owned,
         (SELECT sum($1::bigint - gold) FROM players) AS spent`

/** A server in its own process, which sends its URL and ends with its parent. */
export function forkServer(program: string, ...args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(program, import.meta.url)), args, {
    execArgv: ["--import", TYPESCRIPT],
    env: { ...process.env, NODE_ENV: "production" },
  })
}

/** Throws if it ends before it listens. */
export async function urlOf(child: ChildProcess): Promise<string> {
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`the server ended with ${code} before it listened`)
  })
  const [url] = await Promise.race([once(child, "message"), ended])
  return url
}

/** Ends a server that was forked. Idempotent. */
export async function endServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, "exit")
  if (child.connected) child.disconnect()
  await ended
}
