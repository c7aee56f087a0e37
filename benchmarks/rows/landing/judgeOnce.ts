import { loadConfig } from "../../../src/app/config.js"
import { openLog } from "../../../src/app/engines.js"
import { readGenesis } from "../../../src/app/storage.js"
import { readJudged } from "../../../src/log/judged.js"
import { SILENT } from "../../../src/ports/logger.js"

// Reads and judges an embedded log once, and prints how many purchases happened and what was paid. The environment
// says where it is.

const config = loadConfig(process.env)
const log = await openLog(config, { logger: SILENT })
const genesis = await readGenesis(log, config.realm)
const { head } = await log.bounds()
let rows = 0
let revenue = 0
for await (const { records } of readJudged(log, genesis, 0, new AbortController().signal)) {
  for (const { effect } of records) {
    if (effect?.kind !== "events") continue
    for (const { events } of effect.commands) {
      for (const event of events) {
        if (event.type !== "SwordBought") continue
        rows += 1
        revenue += event.data.price
      }
    }
  }
  if ((records.at(-1)?.offset ?? 0) >= head - 1) break
}
process.stdout.write(`${JSON.stringify({ rows, revenue })}\n`)
await log.close()
