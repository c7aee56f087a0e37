import { constants } from "node:os"
import { randomId } from "../adapters/system/clock.js"
import { using } from "../lib/using.js"
import { checkAgainstLog } from "../log/checkpoint.js"
import type { Genesis } from "../log/commit.js"
import { openGenesis } from "../log/genesis.js"
import { Fault } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import { SILENT } from "../ports/logger.js"
import type { Checkpoint, ViewStore } from "../ports/viewStore.js"
import { otherBuild } from "../projections/foldedTypes.js"
import { FOLD_VERSION } from "../projections/foldVersion.js"
import type { Config } from "./config.js"
import { type LakeEngines, openLake, openLog, openViewStore } from "./engines.js"

/** The log and the views of a realm as they are stored, whether a server runs or not. Nothing is written. */
export interface Storage {
  readonly log: Log
  readonly store: ViewStore
  readonly genesis: Genesis
}

const READ_ONLY = { logger: SILENT, readOnly: true }

/** Opens both for one use. Throws what opening, `readGenesis` and the use throw. */
export async function withStorage<T>(config: Config, use: (storage: Storage) => Promise<T>): Promise<T> {
  return withLog(config, log =>
    withViews(config, async store => use({ log, store, genesis: await readGenesis(log, config.realm) })),
  )
}

export function withLog<T>(config: Config, use: (log: Log) => Promise<T>): Promise<T> {
  return using(openLog(config, READ_ONLY), log => endingBetweenReads(() => use(log)))
}

export function withViews<T>(config: Config, use: (store: ViewStore) => Promise<T>): Promise<T> {
  return using(openViewStore(config, READ_ONLY), store => endingBetweenReads(() => use(store)))
}

export function withLake<T>(config: Config, use: (lake: LakeEngines) => Promise<T>): Promise<T> {
  return using(openLake(config, READ_ONLY), use)
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const

/**
 * Lets a signal end the process only between two turns of the event loop, when nothing is being read: if a
 * process ends in the middle of a read, LMDB keeps the pages of that read until a writer frees them. A second
 * signal ends it at once.
 */
async function endingBetweenReads<T>(use: () => Promise<T>): Promise<T> {
  const end = (signal: (typeof SIGNALS)[number]) => process.exit(128 + constants.signals[signal])
  for (const signal of SIGNALS) process.once(signal, end)
  try {
    return await use()
  } finally {
    for (const signal of SIGNALS) process.off(signal, end)
  }
}

/**
 * The genesis of a log that has one; unlike a server, this never writes it. Throws LOG_UNAVAILABLE if the log
 * is empty, LOG_TRUNCATED if its genesis is not this realm's.
 */
export async function readGenesis(log: Log, realm: number): Promise<Genesis> {
  const { head } = await log.bounds()
  if (head === 0) {
    throw new Fault("LOG_UNAVAILABLE", `the log of realm ${realm} is empty: start the server once`)
  }
  return openGenesis(log, { realm, newId: randomId, signal: new AbortController().signal })
}

/**
 * The views' checkpoint, compared with the log (R10) and with what this build knows (R33); null if there are
 * no views. Throws LOG_TRUNCATED, and the fault that `otherBuild` finds.
 */
export async function checkpointOf({ log, store, genesis }: Storage): Promise<Checkpoint | null> {
  const { checkpoint } = await store.read(FOLD_VERSION, { documents: [], keys: [] })
  if (checkpoint === null) return null
  await checkAgainstLog(checkpoint, log, genesis, new AbortController().signal)
  const other = otherBuild(checkpoint)
  if (other !== null) throw other
  return checkpoint
}
