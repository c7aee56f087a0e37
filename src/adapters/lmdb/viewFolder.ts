import { rm } from "node:fs/promises"
import { join, resolve } from "node:path"
import { setImmediate } from "node:timers/promises"
import type { Database } from "lmdb"
import type { Logger } from "../../ports/logger.js"
import { checkDataFile } from "./dataFile.js"
import { type Environment, type EnvironmentOptions, openEnvironment } from "./environment.js"
import { FolderError, inFolder, isFolderError } from "./folderError.js"
import { checksum, Tally } from "./tally.js"
import { generationPrefix, isLiveKey, prefixOf, tallyKey } from "./viewLayout.js"
import { statistic } from "./writeFailure.js"

/** So many entries are looked at before everything else has its turn. */
const ENTRIES_A_TURN = 5_000

export interface ViewFolderOptions {
  /** Made if it is not there. */
  readonly folder: string
  /** Beside a running writer, from another process. */
  readonly readOnly?: boolean
  readonly logger: Logger
}

export interface ViewFolder {
  readonly environment: Environment
  readonly records: Database<string, string>
}

/**
 * Opens the views' folder. Since the log rebuilds them, they are `consistent`, not `durable`, and a folder that is
 * damaged in any way is emptied with an error in the log: no answer is better than a wrong one.
 * Cost: it reads every entry twice (measured: 1.6 s for 500,000 entries of 260 MB).
 * Throws FolderError HELD, OTHER_FORMAT, UNUSABLE; to read only also MISSING, TRUNCATED, DAMAGED.
 */
export function openViewFolder(options: ViewFolderOptions): Promise<ViewFolder> {
  return inFolder(options.folder, () => openFolder(options))
}

async function openFolder(options: ViewFolderOptions): Promise<ViewFolder> {
  const { folder, readOnly = false, logger } = options
  const format: EnvironmentOptions = { folder, kind: "views", format: 1, readOnly, commits: "consistent" }
  if (readOnly) return openRecords(await openEnvironment(format))
  try {
    return await openSound(format)
  } catch (error) {
    if (!isFolderError(error, "TRUNCATED") && !isFolderError(error, "DAMAGED")) throw error
    logger.error({ folder, problem: error.message }, "views: damaged, so emptied and built anew from the log")
    for (const file of ["data.mdb", "lock.mdb"]) await rm(join(resolve(folder), file), { force: true })
    return openSound(format)
  }
}

/** Every page is looked at before LMDB follows it, then every entry. */
async function openSound(format: EnvironmentOptions): Promise<ViewFolder> {
  const environment = await openEnvironment(format)
  try {
    checkDataFile(environment.dataFile, "whole")
    const opened = openRecords(environment)
    await checkTallies(opened)
    return opened
  } catch (error) {
    await environment.close()
    if (error instanceof FolderError) throw error
    throw new FolderError("DAMAGED", `${environment.dataFile}: ${String(error)}`, { cause: error })
  }
}

function openRecords(environment: Environment): ViewFolder {
  const records: Database<string, string> | undefined = environment.root.openDB("views", {
    encoding: "string",
  })
  // Reading only, LMDB answers so when its writer has not come that far.
  if (records === undefined) throw new FolderError("MISSING", `${environment.folder}: no views there yet`)
  return { environment, records }
}

/** Leftovers of generations that are not live are not counted: they are never seen. */
async function checkTallies({ environment, records }: ViewFolder): Promise<void> {
  const found = new Map<string, Tally>()
  const live = new Map<string, { readonly key: string; readonly text: string }>()
  const expected = new Map<string, string>()
  let entries = 0
  for (const { key, value } of records.getRange()) {
    const prefix = prefixOf(key)
    // A damaged branch page leads past an entry that its leaf still has.
    if (records.get(key) !== value) throw new Error(`${key}: expected to find it by its key`)
    if (isLiveKey(key)) live.set(liveGeneration(key, value), { key, text: value })
    else if (key === tallyKey(prefix)) expected.set(prefix, value)
    else tallyOf(found, prefix).add(checksum(key, value))
    entries += 1
    if (entries % ENTRIES_A_TURN === 0) await setImmediate()
  }
  // LMDB ends a range silently at a page that it cannot follow.
  const counted = statistic(records, "entryCount")
  if (entries !== counted) throw new Error(`expected ${counted} entries, found ${entries}`)
  for (const [prefix, { key, text }] of live) {
    const tally = tallyOf(found, prefix)
    tally.add(checksum(key, text))
    const wanted = expected.get(prefix)
    if (tally.text === wanted) continue
    const message = `entries below ${prefix}: expected the tally ${wanted}, found ${tally.text}`
    throw new FolderError("DAMAGED", `${environment.dataFile}: ${message}`)
  }
}

function tallyOf(tallies: Map<string, Tally>, prefix: string): Tally {
  const tally = tallies.get(prefix) ?? new Tally()
  tallies.set(prefix, tally)
  return tally
}

/** The prefix of the generation that a checkpoint is of. Throws when the text is no JSON. */
function liveGeneration(key: string, text: string): string {
  const { realm, generation }: { realm?: unknown; generation?: unknown } = JSON.parse(text)
  if (typeof realm === "number" && typeof generation === "string") return generationPrefix(realm, generation)
  throw new Error(`${key}: expected a checkpoint`)
}
