import { builtInCatalogue } from "../../src/domain/catalogue.js"
import { Latencies } from "../../src/load/latencies.js"
import { type PurchaseFilter, purchases, Subscriber } from "../../test/support/subscriber.js"
import { openLoop } from "./openLoop.js"
import { Server } from "./server.js"

// 1,000 subscribers, each with its own socket, while purchases go on at a fixed rate.
// node --import ./test/support/typescript.mjs benchmarks/subscribers/notices.ts [seconds] [purchases a
// second] [mix] [fields] The mix is how many subscribe by player, by sword, by region, to all: 950,30,15,5.
// Needs a build: npm run build.
const [seconds = "20", perSecond = "1000", mix = "950,30,15,5", fields = "id price region sword { name }"] =
  process.argv.slice(2)

const { swords } = builtInCatalogue
const PLAYERS = 1000
const REGIONS = ["eu", "us", "asia"]

/** Below the server's bound per address. */
const SOCKETS_PER_ADDRESS = 50

const BUY = `mutation ($input: BuySwordInput!) { buySword(input: $input) { purchase { id } refusal { code } } }`

interface Load {
  readonly answeredAt: Map<string, number>
  readonly latencies: number[]
  readonly cpuSeconds: number
}

const server = await Server.start()
try {
  await server.makeRich(PLAYERS)
  await load(5000)
  const alone = await load(Number(seconds) * 1000)
  report("without subscribers", alone)
  const filters = filtersOf(mix.split(",").map(Number))
  const subscribers = await Promise.all(
    filters.map((filter, n) => {
      const localAddress = `127.0.0.${2 + Math.floor(n / SOCKETS_PER_ADDRESS)}`
      return Subscriber.begin(server.url, purchases(filter, fields), { localAddress })
    }),
  )
  await load(5000)
  const before = subscribers.map(({ received }) => received.length)
  const together = await load(Number(seconds) * 1000)
  await new Promise(resolve => setTimeout(resolve, 2000))
  report(`with ${subscribers.length} subscribers`, together)
  const received = subscribers.flatMap(({ received }, n) => received.slice(before[n]))
  const latencies = received.flatMap(({ what, at }) => {
    const answered = together.answeredAt.get(what)
    return answered === undefined ? [] : [at - answered]
  })
  const cpuEach = ((together.cpuSeconds - alone.cpuSeconds) / latencies.length) * 1e6
  line(
    `notices: ${Math.round(latencies.length / Number(seconds))} a second, ${cpuEach.toFixed(0)} us of CPU each`,
  )
  line(`from the mutation's answer to the notice: ${quantiles(latencies)}`)
  const problems = subscribers.flatMap(one => one.problems)
  const sockets = subscribers.reduce((sum, one) => sum + one.sockets, 0)
  line(
    `problems: ${problems.length}; sockets: ${sockets}; memory: ${Math.round(await server.megabytes())} MB`,
  )
  await Promise.all(subscribers.map(one => one.stop()))
} finally {
  await server.stop()
}

async function load(durationMs: number): Promise<Load> {
  const answeredAt = new Map<string, number>()
  const latencies: number[] = []
  const cpuBefore = await server.cpuSeconds()
  await openLoop({
    url: server.url,
    perSecond: Number(perSecond),
    durationMs,
    body: purchase,
    answered: (text, due, at) => {
      const [, id] = /"id":"([^"]+)"/.exec(text) ?? []
      if (id === undefined) throw new Error(`no purchase: ${text}`)
      answeredAt.set(id, at)
      latencies.push(at - due)
    },
  })
  return { answeredAt, latencies, cpuSeconds: (await server.cpuSeconds()) - cpuBefore }
}

function report(what: string, { latencies, cpuSeconds }: Load): void {
  const share = Math.round((cpuSeconds / Number(seconds)) * 100)
  line(`${what}: the server takes ${share} % of a core; mutations ${quantiles(latencies)}`)
}

function purchase(n: number): string {
  const input = {
    playerId: Server.playerId((n * 7919) % PLAYERS),
    swordType: swords[n % swords.length]?.type,
    region: REGIONS[n % REGIONS.length],
  }
  return JSON.stringify({ query: BUY, variables: { input } })
}

function filtersOf([byPlayer = 0, bySword = 0, byRegion = 0, all = 0]: readonly number[]): PurchaseFilter[] {
  const make = (count: number, filter: (n: number) => PurchaseFilter) =>
    Array.from({ length: count }, (_, n) => filter(n))
  return [
    ...make(byPlayer, n => ({ playerId: Server.playerId(n % PLAYERS) })),
    ...make(bySword, n => ({ swordType: swords[n % swords.length]?.type ?? "" })),
    ...make(byRegion, n => ({ region: REGIONS[n % REGIONS.length] ?? "" })),
    ...make(all, () => ({})),
  ]
}

/** The median and the 99th percentile, for people. */
function quantiles(values: readonly number[]): string {
  const latencies = new Latencies()
  for (const value of values) latencies.add(value)
  const { p50, p99 } = latencies.summary
  return `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
}

function line(text: string): void {
  process.stdout.write(`${text}\n`)
}
