import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { closedLoop } from "./closedLoop.js"

// The server's own share: buySword on a game that answers at once.
//   node --import ./test/support/typescript.mjs benchmarks/http/share.ts [seconds] [connections]
const [seconds = "5", connections = "64"] = process.argv.slice(2)

const query = `mutation Buy($input: BuySwordInput!) {
  buySword(input: $input) { purchase { id price } player { gold } refusal { code message } position replayed }
}`
const body = (n: number) =>
  JSON.stringify({
    query,
    variables: { input: { playerId: `p${n % 1000}`, swordType: "wooden-sword", idempotencyKey: `k${n}` } },
  })

const child = fork(fileURLToPath(new URL("./server.ts", import.meta.url)))
const [url] = (await once(child, "message")) as [string]
const load = { url, connections: Number(connections), body }
await closedLoop({ ...load, durationMs: 2000 })
const before = await cpuMicroseconds()
const { requests, perSecond, p50, p99 } = await closedLoop({ ...load, durationMs: Number(seconds) * 1000 })
const cpu = ((await cpuMicroseconds()) - before) / requests
const figures = `${cpu.toFixed(1)} us of CPU each, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
process.stdout.write(`${requests} requests, ${Math.round(perSecond)}/s, ${figures}\n`)
child.disconnect()

/**
 * The CPU time of the server's process so far. On a machine with other work it says more than requests per
 * second.
 */
async function cpuMicroseconds(): Promise<number> {
  child.send("cpu")
  const [{ user, system }] = (await once(child, "message")) as [NodeJS.CpuUsage]
  return user + system
}
