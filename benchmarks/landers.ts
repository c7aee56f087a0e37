import { setTimeout as lasting } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { closedLoop } from "./http/closedLoop.js"
import { line, Shop, spread } from "./http/shop.js"

// Purchases per second of a server that also lands them, compared with one without a lander. They run in
// turns; which goes first alternates. After each turn both finish their work in progress, which counts in
// that turn's processor time.
// node --import ./test/support/typescript.mjs benchmarks/landers.ts [rounds] [seconds] [connections] Needs a
// build: npm run build.
const [rounds = "8", seconds = "8", connections = "64"] = process.argv.slice(2)

/** Short enough for each turn to land several times. */
const LAND_WITHIN = "2s"
/** A quiet log lands after this at the latest. */
const SETTLE_MS = 4000
const WARM_UP_MS = 3000

interface Turn {
  readonly perSecond: number
  /** The server's processor time per purchase, in microseconds. */
  readonly cpu: number
}

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url))
const shops: Shop[] = []
try {
  for (const ROLES of ["api,projector,lander", "api,projector"]) {
    shops.push(await Shop.open(main, { ROLES, LAND_WITHIN }))
  }
  const [landing, bare] = shops as [Shop, Shop]
  for (const shop of shops) await turn(shop, WARM_UP_MS)
  const ratios: { perSecond: number; cpu: number }[] = []
  for (let round = 1; round <= Number(rounds); round++) {
    const turns = new Map<Shop, Turn>()
    for (const shop of round % 2 === 0 ? [landing, bare] : [bare, landing]) {
      turns.set(shop, await turn(shop, Number(seconds) * 1000))
    }
    const [a, b] = [turns.get(landing), turns.get(bare)] as [Turn, Turn]
    ratios.push({ perSecond: a.perSecond / b.perSecond, cpu: b.cpu / a.cpu })
    line(`round ${round}: with a lander ${figures(a)}; without ${figures(b)}`)
  }
  line(`ratio of purchases per second: ${spread(ratios.map(({ perSecond }) => perSecond))}`)
  line(`ratio of purchases for the same processor time: ${spread(ratios.map(({ cpu }) => cpu))}`)
} finally {
  for (const shop of shops) await shop.close()
}

async function turn(shop: Shop, durationMs: number): Promise<Turn> {
  const before = await shop.cpuMicroseconds()
  const load = { url: shop.url, connections: Number(connections), body: () => shop.purchase() }
  const { perSecond, requests } = await closedLoop({ ...load, durationMs })
  await lasting(SETTLE_MS)
  return { perSecond, cpu: ((await shop.cpuMicroseconds()) - before) / requests }
}

function figures({ perSecond, cpu }: Turn): string {
  return `${Math.round(perSecond)}/s of ${Math.round(cpu)} us`
}
