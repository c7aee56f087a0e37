import { loadConfig } from "../../src/app/config.js"
import { withStorage } from "../../src/app/storage.js"

/** Reads a realm's log while another process writes it, thousands of times in each turn of the event loop. */
const [folder = ""] = process.argv.slice(2)
await withStorage(loadConfig({ DATA_DIR: folder }), async ({ log }) => {
  for (let turn = 0; ; turn++) {
    for (let reads = 0; reads < 5_000; reads++) await log.bounds()
    if (turn === 1) process.stdout.write("reads\n")
    await new Promise(resolve => setImmediate(resolve))
  }
})
