import { openEnvironment } from "../../../src/adapters/lmdb/environment.js"
import { print } from "./told.js"

/** Reads in the folder beside its writer, and stands still in the middle of it, as when it is killed or stopped there. */
const [folder = ""] = process.argv.slice(2)
const { root } = await openEnvironment({ folder, kind: "views", format: 1, readOnly: true })
root.get("key")
print("holds")
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
