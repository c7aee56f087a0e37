import { openLmdbLog } from "../../../src/adapters/lmdb/log.js"
import { isFault } from "../../../src/ports/faults.js"
import { print, removeNamedFile } from "./childLines.js"

/**
 * Appends batches of records to the log in a folder until it is ended, and prints the head once a batch is
 * acknowledged: `acknowledged <head>`. A record contains its own offset. On a fault it prints `<code>: <message>`, and
 * continues after removing the file named on standard input.
 */
const [folder = "", batch = "10", bytes = "200"] = process.argv.slice(2)
const log = await openLmdbLog({ folder })
let head = (await log.bounds()).head

for (;;) {
  const records = Array.from({ length: Number(batch) }, (_, at) =>
    Buffer.from(`record ${head + at}`.padEnd(Number(bytes))),
  )
  try {
    await log.append(records)
    head += records.length
    print(`acknowledged ${head}`)
  } catch (error) {
    if (!isFault(error)) throw error
    print(`${error.code}: ${error.message}`)
    await removeNamedFile()
  }
}
