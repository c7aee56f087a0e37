import { Database } from "../../../src/adapters/duckdb/database.js"

/** Holds a work folder until it is killed, and prints its path. */
const database = await Database.open([process.argv[2] ?? ""])
process.stdout.write(`${await database.reading(Buffer.of(), async path => path)}\n`)
setInterval(() => {}, 1000)
