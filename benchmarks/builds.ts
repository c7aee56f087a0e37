import { resolve } from "node:path"
import { setInterval as every } from "node:timers/promises"
import { closedLoop } from "./comparison/closedLoop.js"
import { line, Shop, spread } from "./shop.js"

// Two builds side by side: purchases per second, and processor time per purchase, which says more on a
// machine with other work. They run in turns; which goes first alternates from round to round.
// node --import ./test/support/typescript.mjs benchmarks/builds.ts <dist/main.js> <base's dist/main.js>
// [rounds] [seconds] [connections] If a build has /metrics, it is scraped every second meanwhile: 15 times as
// often as Prometheus does by default.
const [main = "", base = "", rounds = "20", seconds = "3", connections = "64"] = process.argv.slice(2)

const SCRAPE_MS = 1000
const WARM_UP_MS = 3000

interface Turn {
  readonly perSecond: number
  /** The server's processor time per purchase, in microseconds. */
  readonly cpu: number
}

const shops: Shop[] = []
try {
  for (const one of [main, base]) shops.push(await Shop.open(resolve(one)))
  const [ours, theirs] = shops as [Shop, Shop]
  for (const shop of shops) await turn(shop, WARM_UP_MS)
  const ratios: { perSecond: number; cpu: number }[] = []
  for (let round = 1; round <= Number(rounds); round++) {
    const first = round % 2 === 0 ? ours : theirs
    const turns = new Map<Shop, Turn>()
    for (const shop of first === ours ? [ours, theirs] : [theirs, ours]) {
      turns.set(shop, await turn(shop, Number(seconds) * 1000))
    }
    const [a, b] = [turns.get(ours), turns.get(theirs)] as [Turn, Turn]
    ratios.push({ perSecond: a.perSecond / b.perSecond, cpu: b.cpu / a.cpu })
    line(`round ${round}: ${figures(a)}; base ${figures(b)}`)
  }
  line(`ratio of purchases per second: ${spread(ratios.map(({ perSecond }) => perSecond))}`)
  line(`ratio of purchases for the same processor time: ${spread(ratios.map(({ cpu }) => cpu))}`)
} finally {
  for (const shop of shops) await shop.close()
}

async function turn(shop: Shop, durationMs: number): Promise<Turn> {
  const over = new AbortController()
  const scraping = scrape(`${shop.url}/metrics`, over.signal)
  const before = await shop.cpuMicroseconds()
  const load = { url: shop.url, connections: Number(connections), body: () => shop.purchase() }
  const { perSecond, requests } = await closedLoop({ ...load, durationMs })
  over.abort()
  await scraping
  return { perSecond, cpu: ((await shop.cpuMicroseconds()) - before) / requests }
}

async function scrape(url: string, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of every(SCRAPE_MS, null, { signal })) await (await fetch(url)).text()
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function figures({ perSecond, cpu }: Turn): string {
  return `${Math.round(perSecond)}/s of ${Math.round(cpu)} us`
}
