import { openLmdbViewStore } from "../../../src/adapters/lmdb/viewStore.js"
import { isFault } from "../../../src/ports/faults.js"
import type { Logger } from "../../../src/ports/logger.js"
import { print, removeNamedFile } from "./childLines.js"
import { checkpoint, writes } from "./viewWrites.js"

/**
 * Swaps until it is ended, each swap writing its offset into every document, and prints `swapped <offset>`. With more
 * bytes each time, the folder grows. On a fault it prints `<code>: <message>`, and continues after removing the file
 * named on standard input. What is logged about a damaged folder goes to standard output too.
 */
const [folder = "", bytes = "100"] = process.argv.slice(2)
const error = (fields: object, message: string) => print(`${message} ${JSON.stringify(fields)}`)
const logger: Logger = { debug() {}, info() {}, warn() {}, error }
const store = await openLmdbViewStore({ folder, realm: 0, logger })
let from = (await store.read(1, { documents: [], keys: [] })).checkpoint

for (;;) {
  const to = checkpoint((from?.offset ?? 0) + 1)
  try {
    if (!(await store.swap(from, to, writes(to.offset, Number(bytes))))) throw new Error("lost")
    from = to
    print(`swapped ${to.offset}`)
  } catch (error) {
    if (!isFault(error)) throw error
    print(`${error.code}: ${error.message}`)
    await removeNamedFile()
  }
}
