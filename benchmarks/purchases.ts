import { type ChildProcess, fork, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { freePort } from "../test/support/guildhall.js"
import { closedLoop, type Measured } from "./http/closedLoop.js"

// Purchases a second, against the same server with a resolver that returns a constant of the same shape, in turns.
//   node --import ./test/support/typescript.mjs benchmarks/purchases.ts [rounds] [seconds] [connections]
// On Kafka and Redis when KAFKA_BROKERS and REDIS_URL are set. Needs a build: npm run build.
const [rounds = "6", seconds = "5", connections = "64"] = process.argv.slice(2)

const PLAYERS = 1000

const query = `mutation Buy($input: BuySwordInput!) {
  buySword(input: $input) { purchase { id price } player { gold } refusal { code message } position replayed }
}`

const run = Date.now().toString(36)
let sent = 0

/** A purchase with a key of the client's own, which the server must look up. */
function purchase(): string {
  sent += 1
  const input = {
    playerId: playerId(sent % PLAYERS),
    swordType: "wooden-sword",
    idempotencyKey: `${run}-${sent}`,
  }
  return JSON.stringify({ query, variables: { input } })
}

function playerId(n: number): string {
  return `bench-${run}-${n}`
}

const folder = await mkdtemp(join(tmpdir(), "guildhall-bench-"))
const constant = fork(fileURLToPath(new URL("./http/server.ts", import.meta.url)))
const [constantUrl] = (await once(constant, "message")) as [string]
const { server, url } = await startGuildhall()
try {
  await preparePlayers()
  const load = { connections: Number(connections), body: purchase }
  for (const one of [constantUrl, url]) await closedLoop({ ...load, url: one, durationMs: 3000 })
  const ratios: number[] = []
  for (let round = 1; round <= Number(rounds); round++) {
    const base = await closedLoop({ ...load, url: constantUrl, durationMs: Number(seconds) * 1000 })
    const bought = await closedLoop({ ...load, url, durationMs: Number(seconds) * 1000 })
    const ratio = bought.perSecond / base.perSecond
    ratios.push(ratio)
    line(`round ${round}: constant ${figures(base)}; purchases ${figures(bought)}; ratio ${ratio.toFixed(2)}`)
  }
  ratios.sort((a, b) => a - b)
  const median = ratios[Math.floor(ratios.length / 2)] ?? Number.NaN
  line(`ratio: median ${median.toFixed(2)}, from ${ratios[0]?.toFixed(2)} to ${ratios.at(-1)?.toFixed(2)}`)
} finally {
  constant.disconnect()
  server.kill("SIGTERM")
  await once(server, "exit")
  await rm(folder, { recursive: true, force: true })
}

async function startGuildhall(): Promise<{ server: ChildProcess; url: string }> {
  const port = await freePort()
  const main = fileURLToPath(new URL("../dist/main.js", import.meta.url))
  const settings = { PORT: port, DATA_DIR: folder, LOG_LEVEL: "warn", KAFKA_TOPIC: `bench-${run}` }
  const server = spawn(process.execPath, [main, "serve"], {
    env: { ...process.env, ...settings },
    stdio: ["ignore", "ignore", "inherit"],
  })
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 600; tries++) {
    const answer = await fetch(`${url}/readyz`).catch(() => null)
    if (answer?.ok) return { server, url }
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error("the server did not get ready within a minute")
}

async function preparePlayers(): Promise<void> {
  for (let n = 0; n < PLAYERS; n++) {
    await mutate("registerPlayer", { playerId: playerId(n), name: "Bench", region: "eu" })
    await mutate("grantGold", { playerId: playerId(n), amount: 1_000_000_000, reason: "bench" })
  }
}

async function mutate(name: string, input: object): Promise<void> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) { replayed } }`
  const headers = { "content-type": "application/json" }
  const body = JSON.stringify({ query, variables: { input } })
  const answer = await fetch(`${url}/graphql`, { method: "POST", headers, body })
  const text = await answer.text()
  if (text.includes('"errors"')) throw new Error(`${name}: ${text}`)
}

function figures({ perSecond, p50, p99 }: Measured): string {
  return `${Math.round(perSecond)}/s (p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms)`
}

function line(text: string): void {
  process.stdout.write(`${text}\n`)
}
