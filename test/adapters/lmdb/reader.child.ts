import { openLmdbLog } from "../../../src/adapters/lmdb/log.js"

/** Reads the log in a folder beside its writer and on, and prints `read <offset>` of the last record of each batch. */
const [folder = ""] = process.argv.slice(2)
const log = await openLmdbLog({ folder, readOnly: true })
let next = 0
for await (const { records } of log.read(0, new AbortController().signal)) {
  for (const { offset, bytes } of records) {
    if (offset !== next || !Buffer.from(bytes).toString().startsWith(`record ${next} `)) {
      throw new Error(`expected record ${next}, read offset ${offset}`)
    }
    next++
  }
  process.stdout.write(`read ${next}\n`)
}
