import type { Checkpoint, ViewWrites } from "../../../src/ports/viewStore.js"

export const NAMES = ["a", "b", "c"]
export const IDS = ["k", "l"]

const NO_TYPES = { folded: [], frozen: [] }

export function checkpoint(offset: number): Checkpoint {
  const place = { logId: "log", realm: 0, generation: "1.1", offset, hash: "hash", at: 0 }
  return { ...place, keyTime: offset, keyRetention: 3_600_000, firstBucket: 0, lastBucket: 0, ...NO_TYPES }
}

/** The offset in everything, and one more document of a given size. */
export function writes(offset: number, bytes: number): ViewWrites {
  const documents = new Map(NAMES.map(name => [name, `${offset}`]))
  documents.set(`more ${offset}`, "x".repeat(bytes))
  const keys = IDS.map(id => ({ bucket: 0, id, entry: `${offset}` }))
  const lists = { guilds: { add: [`g${offset}`], remove: [`g${offset - 1}`] } }
  const gold = { set: NAMES.map(id => ({ id, score: offset })), remove: [] }
  const none = { set: [], remove: [] }
  return { documents, keys, lists, scores: { gold, swords: none, monsters: none, guildSize: none } }
}
