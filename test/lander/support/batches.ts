import { Batch } from "../../../src/lander/batch.js"
import type { Chain } from "../../log/support/judging.js"

/** The records in [start, end) of a log, by default all of it. */
export async function batchOf(
  chain: Chain,
  { start = 0, end = chain.records.length + 1, at = (offset: number) => offset } = {},
): Promise<Batch> {
  const batch = new Batch(0, start)
  for (const record of (await chain.judged(at)).slice(start, end)) batch.add(record)
  return batch
}
