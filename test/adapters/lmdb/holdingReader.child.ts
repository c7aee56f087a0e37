import { openEnvironment } from "../../../src/adapters/lmdb/environment.js"
import { print } from "./childLines.js"

/** Reads in the folder beside its writer, and stalls in the middle of a read, as when it is killed or stopped there. */
const [folder = ""] = process.argv.slice(2)
const { root } = await openEnvironment({ folder, kind: "views", format: 1, readOnly: true })
root.get("key")
print("holds")
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
