import { purchases, Subscriber } from "../../test/support/subscriber.js"
import { closedLoop } from "../comparison/closedLoop.js"
import { Server } from "./server.js"

// The server's processor time per notice in a burst: subscribers together replay everything that was bought.
//   node --import ./test/support/typescript.mjs benchmarks/subscribers/burst.ts [rounds] [subscribers]
// Needs a build: npm run build.
const [rounds = "6", subscribers = "8"] = process.argv.slice(2)

const PLAYERS = 100
const BUYING_MS = 8000

const BUY = `mutation ($input: BuySwordInput!) { buySword(input: $input) { purchase { id } } }`

const subscription = purchases({}, "id price region sword { name }")

const server = await Server.start()
try {
  await server.makeRich(PLAYERS)
  const first = await Subscriber.begin(server.url, subscription)
  const after = first.cursor
  await first.stop()
  const { requests } = await closedLoop({
    url: new URL(server.url).origin,
    connections: 32,
    durationMs: BUYING_MS,
    body: purchase,
  })
  for (let round = 1; round <= Number(rounds); round++) {
    const cpuBefore = await server.cpuSeconds()
    const replaying = Array.from({ length: Number(subscribers) }, () => {
      return new Subscriber(server.url, subscription, { after })
    })
    while (replaying.some(({ received }) => received.length < requests)) {
      await new Promise(resolve => setTimeout(resolve, 20))
    }
    const notices = requests * replaying.length
    const cpuEach = (((await server.cpuSeconds()) - cpuBefore) / notices) * 1e6
    process.stdout.write(`round ${round}: ${notices} notices, ${cpuEach.toFixed(1)} us of CPU each\n`)
    await Promise.all(replaying.map(one => one.stop()))
  }
} finally {
  await server.stop()
}

function purchase(n: number): string {
  const input = { playerId: Server.playerId(n % PLAYERS), swordType: "dagger" }
  return JSON.stringify({ query: BUY, variables: { input } })
}
