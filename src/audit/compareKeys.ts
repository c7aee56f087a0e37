import type { Genesis } from "../log/commit.js"
import type { PlacedCommand } from "../log/effect.js"
import { placedCommands } from "../log/effect.js"
import type { Log } from "../ports/log.js"
import { encodeKeyEntry } from "../projections/keyEntry.js"
import { keyBucket } from "../projections/keyRetention.js"
import type { Comparison } from "./compareDocuments.js"
import { parseJson } from "./difference.js"
import { LogReader } from "./logReader.js"

/** At most this many keys in one call to the store. */
const KEYS_MAX = 500

interface KeptKey {
  readonly bucket: number
  readonly command: PlacedCommand
}

/**
 * Compares the entry of every idempotency key that the views still keep with the log. The log is read a second time from
 * where the kept keys begin, so that no key is held in memory. Returns how many were compared.
 */
export async function compareKeys(log: Log, genesis: Genesis, comparison: Comparison): Promise<number> {
  const { fold, progress } = comparison
  const end = fold.offset
  const start = fold.keptKeysStart()
  const reader = new LogReader(log, genesis, start.offset)
  let { keyTime } = start
  let waiting: KeptKey[] = []
  let compared = 0
  try {
    for await (const records of reader.upTo(end)) {
      progress(reader.position - start.offset, end - start.offset)
      for (const record of records) {
        keyTime += record.keyStep
        const bucket = keyBucket(keyTime, fold.keyRetention)
        for (const command of placedCommands(record)) waiting.push({ bucket, command })
      }
      for (; waiting.length >= KEYS_MAX; waiting = waiting.slice(KEYS_MAX)) {
        compared += await compareChunk(waiting.slice(0, KEYS_MAX), comparison)
      }
    }
  } finally {
    await reader.close()
  }
  return compared + (await compareChunk(waiting, comparison))
}

async function compareChunk(asked: readonly KeptKey[], comparison: Comparison): Promise<number> {
  if (asked.length === 0) return 0
  const { views, findings, foldTo } = comparison
  const { checkpoint, keys } = await views.read({ documents: [], keys: asked.map(key => key.command.id) })
  await foldTo(checkpoint)
  let compared = 0
  for (const [i, { bucket, command }] of asked.entries()) {
    // The projector may have dropped the bucket since.
    if (bucket < checkpoint.firstBucket) continue
    compared += 1
    const expected = parseJson(encodeKeyEntry(command))
    const text = keys[i] ?? null
    findings.compare("key", command.id, expected, text === null ? null : parseJson(text))
  }
  return compared
}
