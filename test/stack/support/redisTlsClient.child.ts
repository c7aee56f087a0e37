import { openRedisViewStore } from "../../../src/adapters/redis/viewStore.js"
import type { Checkpoint } from "../../../src/ports/viewStore.js"

/** Swaps something into the Redis of a URL and prints what it reads back: `read <offset> <document>`. */
const [url = ""] = process.argv.slice(2)
const logger = { debug() {}, info() {}, warn() {}, error() {} }
const place = { logId: "log", realm: 0, generation: "1.1", offset: 1, hash: "hash", at: 0 }
const types = { folded: [], frozen: [] }
const to: Checkpoint = { ...place, ...types, keyTime: 0, keyRetention: 1, firstBucket: 0, lastBucket: 0 }
const none = { set: [], remove: [] }
const store = await openRedisViewStore({ url, realm: 0, logger })
await store.swap(null, to, {
  documents: new Map([["a", "A"]]),
  keys: [],
  lists: { guilds: { add: [], remove: [] } },
  scores: { gold: none, swords: none, monsters: none, guildSize: none },
})
const { checkpoint, documents } = await store.read(1, { documents: ["a"], keys: [] })
process.stdout.write(`read ${checkpoint?.offset} ${documents.join()}\n`)
await store.close()
