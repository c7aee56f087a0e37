import { openEnvironment } from "../../../src/adapters/lmdb/environment.js"

/** Holds the given folder, reports that, and stays until it is killed. */
const [folder = ""] = process.argv.slice(2)
await openEnvironment({ folder, kind: "test", format: 1 })
process.stdout.write("held\n")
setInterval(() => {}, 60_000)
