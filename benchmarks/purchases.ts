import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { closedLoop } from "./http/closedLoop.js"
import { figures, line, Shop, spread } from "./http/shop.js"

// Purchases per second, compared in turns with the same server with a resolver that returns a constant of the
// same shape.
// node --import ./test/support/typescript.mjs benchmarks/purchases.ts [rounds] [seconds] [connections] On
// Kafka and Redis when KAFKA_BROKERS and REDIS_URL are set. Needs a build: npm run build.
const [rounds = "6", seconds = "5", connections = "64"] = process.argv.slice(2)

const constant = fork(fileURLToPath(new URL("./http/server.ts", import.meta.url)))
const [constantUrl] = (await once(constant, "message")) as [string]
const shop = await Shop.open(fileURLToPath(new URL("../dist/main.js", import.meta.url)))
try {
  const load = { connections: Number(connections), body: () => shop.purchase() }
  for (const url of [constantUrl, shop.url]) await closedLoop({ ...load, url, durationMs: 3000 })
  const ratios: number[] = []
  for (let round = 1; round <= Number(rounds); round++) {
    const base = await closedLoop({ ...load, url: constantUrl, durationMs: Number(seconds) * 1000 })
    const bought = await closedLoop({ ...load, url: shop.url, durationMs: Number(seconds) * 1000 })
    const ratio = bought.perSecond / base.perSecond
    ratios.push(ratio)
    line(`round ${round}: constant ${figures(base)}; purchases ${figures(bought)}; ratio ${ratio.toFixed(2)}`)
  }
  line(`ratio: ${spread(ratios)}`)
} finally {
  constant.disconnect()
  await shop.close()
}
