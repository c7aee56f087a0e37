import { LocalLake } from "../../src/adapters/localdisk/lake.js"
import { openWebHdfsLake } from "../../src/adapters/webhdfs/lake.js"
import { isFault } from "../../src/ports/faults.js"
import { print, removeNamedFile } from "../adapters/lmdb/childLines.js"
import { contentOf, pathOf } from "./lakeProcesses.js"

/**
 * Puts numbered files into a folder, as a writer of the given name, and prints `won <n>` or `lost <n>`. It begins
 * on request. On a fault it prints `<code>: <message>`, and continues after removing the file named on standard input.
 * Arguments: its name, the bytes of a file, the first file and the end, and `local <folder>` or `webhdfs <url> <folder>`.
 */
const [name = "", bytes = "0", start = "0", end = "0", kind = "", ...place] = process.argv.slice(2)
const [first = "", second = ""] = place
const lake =
  kind === "local"
    ? new LocalLake(first)
    : openWebHdfsLake({ url: first, hdfsUrl: "hdfs://localhost", folder: second })

print("ready")
await new Promise(resolve => process.stdin.once("data", resolve))
for (let at = Number(start); at < Number(end); at++) await put(at)
await lake.close()
process.exit()

async function put(at: number): Promise<void> {
  for (;;) {
    try {
      const isWon = await lake.putIfAbsent(pathOf(at), contentOf(name, at, Number(bytes)))
      print(`${isWon ? "won" : "lost"} ${at}`)
      return
    } catch (error) {
      if (!isFault(error)) throw error
      print(`${error.code}: ${error.message}`)
      await removeNamedFile()
    }
  }
}
