import { randomId } from "../../../src/adapters/system/clock.js"
import { loadConfig } from "../../../src/app/config.js"
import { openLog } from "../../../src/app/engines.js"
import { openGenesis } from "../../../src/log/genesis.js"
import { readJudged } from "../../../src/log/judged.js"
import { SILENT } from "../../../src/ports/logger.js"

// Reads and judges the log of the environment's settings up to its head, once, and sends what that took. Started by
// limit.ts.

const MICROSECONDS_PER_MS = 1000

const config = loadConfig(process.env)
const log = await openLog(config, { logger: SILENT, readOnly: true })
try {
  const { signal } = new AbortController()
  const genesis = await openGenesis(log, { realm: config.realm, newId: randomId, signal })
  const { head } = await log.bounds()
  const begun = performance.now()
  const cpu = process.cpuUsage()
  let records = 0
  for await (const batch of readJudged(log, genesis, 0, signal)) {
    records += batch.records.length
    if (records >= head) break
  }
  const { user, system } = process.cpuUsage(cpu)
  const ms = performance.now() - begun
  process.send?.({ records, ms, cpuMs: (user + system) / MICROSECONDS_PER_MS })
} finally {
  await log.close()
}
