import { checkAgainstLog } from "../log/checkpoint.js"
import type { Genesis } from "../log/commit.js"
import type { Log } from "../ports/log.js"
import type { ViewStore } from "../ports/viewStore.js"
import { tailStart } from "../tail/tail.js"
import { FOLD_VERSION } from "./foldVersion.js"

/**
 * Checks the views against the log (R10), and returns where a process's tail begins.
 * Throws LOG_TRUNCATED, and what the log and the store throw.
 */
export async function whereToBegin(
  log: Log,
  store: ViewStore,
  genesis: Genesis,
  signal: AbortSignal,
): Promise<number> {
  const { checkpoint } = await store.read(FOLD_VERSION, { documents: [], keys: [] })
  if (checkpoint !== null) await checkAgainstLog(checkpoint, log, genesis, signal)
  const { head } = await log.bounds()
  return tailStart(genesis, head, checkpoint?.offset ?? 0)
}
