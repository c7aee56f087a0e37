import { purchases, Subscriber } from "../../test/support/subscriber.js"
import { closedLoop } from "../comparison/closedLoop.js"
import { PausedReader } from "./pausedReader.js"
import { Server } from "./server.js"

// What a reader that is paused at full load costs the others: their mutations with and without it, in turns.
//   node --import ./test/support/typescript.mjs benchmarks/subscribers/paused.ts [rounds] [seconds] [subscriptions] [connections]
// Needs a build: npm run build.
const [rounds = "3", seconds = "60", subscriptions = "1", connections = "32"] = process.argv.slice(2)

const PLAYERS = 1000

const BUY = `mutation ($input: BuySwordInput!) {
  buySword(input: $input) { purchase { id price } player { gold } refusal { code } position replayed }
}`

const server = await Server.start()
try {
  await server.makeRich(PLAYERS)
  // A subscriber that reads, in all turns: it must receive everything.
  const reading = await Subscriber.begin(server.url, purchases())
  const warm = await turn(10)
  let bought = warm.requests
  const ratios: number[] = []
  for (let round = 1; round <= Number(rounds); round++) {
    const without = await turn(Number(seconds))
    const reader = await PausedReader.begin(server.url, Number(subscriptions))
    const paused = await turn(Number(seconds))
    reader.end()
    bought += without.requests + paused.requests
    ratios.push(paused.p99 / without.p99)
    line(`round ${round}: without ${figures(without)}`)
    line(`         paused ${figures(paused)}`)
  }
  ratios.sort((a, b) => a - b)
  const median = ratios[Math.floor(ratios.length / 2)] ?? Number.NaN
  line(`p99 with the paused reader against without: median ${median.toFixed(2)} of ${ratios.map(fixed)}`)
  await new Promise(resolve => setTimeout(resolve, 2000))
  line(`the reader received ${reading.received.length} of ${bought}; problems: ${reading.problems.length}`)
  await reading.stop()
} finally {
  await server.stop()
}

interface Turn {
  readonly requests: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly megabytesMax: number
  /**
   * The processor time that each took, in microseconds: on a machine with other work it says more than
   * latencies.
   */
  readonly cpuEach: number
}

async function turn(turnSeconds: number): Promise<Turn> {
  let megabytesMax = 0
  const cpuBefore = await server.cpuSeconds()
  const watch = setInterval(async () => {
    megabytesMax = Math.max(megabytesMax, await server.megabytes())
  }, 200)
  const durationMs = turnSeconds * 1000
  const measured = await closedLoop({
    url: new URL(server.url).origin,
    connections: Number(connections),
    durationMs,
    body: purchase,
  })
  clearInterval(watch)
  const cpuEach = (((await server.cpuSeconds()) - cpuBefore) / measured.requests) * 1e6
  return { ...measured, megabytesMax, cpuEach }
}

function purchase(n: number): string {
  const input = { playerId: Server.playerId(n % PLAYERS), swordType: "wooden-sword" }
  return JSON.stringify({ query: BUY, variables: { input } })
}

function figures({ perSecond, p50, p99, megabytesMax, cpuEach }: Turn): string {
  const latency = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
  return `${Math.round(perSecond)} purchases a second, ${latency}, ${Math.round(cpuEach)} us of CPU each; at most ${Math.round(megabytesMax)} MB`
}

function fixed(ratio: number): string {
  return ratio.toFixed(2)
}

function line(text: string): void {
  process.stdout.write(`${text}\n`)
}
