import { rm } from "node:fs/promises"
import { join, resolve } from "node:path"
import { setImmediate } from "node:timers/promises"
import type { Database } from "lmdb"
import type { Logger } from "../../ports/logger.js"
import { ContentSum, checksum } from "./contentSum.js"
import { checkDataFile } from "./dataFile.js"
import { type EnvironmentOptions, type LmdbEnvironment, openEnvironment } from "./environment.js"
import { FolderError, inFolder, isFolderError } from "./folderError.js"
import { FORMAT_FILE, type FolderFormat, olderFormat } from "./folderFormat.js"
import { lockFolder } from "./folderLock.js"
import { checkpointKey, prefixOf, tallyKey, VIEW_LAYOUT } from "./viewLayout.js"
import { statistic } from "./writeFailure.js"

/** How many entries are checked before other work gets its turn. */
const ENTRIES_PER_TURN = 5_000

const DATA_FILES = ["data.mdb", "lock.mdb"]

export interface ViewFolderOptions {
  /** Created if missing. */
  readonly folder: string
  /** For use beside a running writer in another process. */
  readonly readOnly?: boolean
  readonly logger: Logger
}

export interface ViewFolder {
  readonly environment: LmdbEnvironment
  readonly records: Database<string, string>
}

const FORMAT: FolderFormat = { kind: "views", format: VIEW_LAYOUT }

/**
 * Opens the views' folder. Since the views can be rebuilt from the log, they are `consistent`, not `durable`, and a
 * folder that is damaged in any way is emptied, and an error logged: no answer is better than a wrong one. A folder of
 * an older layout is emptied without an error.
 * Cost: it reads every entry twice (measured: 1.6 s for 500,000 entries of 260 MB).
 * Throws FolderError HELD, OTHER_FORMAT, UNUSABLE; when read-only also MISSING, TRUNCATED, DAMAGED.
 */
export function openViewFolder(options: ViewFolderOptions): Promise<ViewFolder> {
  return inFolder(options.folder, () => openFolder(options))
}

async function openFolder(options: ViewFolderOptions): Promise<ViewFolder> {
  const { folder, readOnly = false, logger } = options
  const environment: EnvironmentOptions = { folder, ...FORMAT, readOnly, commits: "consistent" }
  const older = await olderFormat(folder, FORMAT)
  if (readOnly) {
    if (older !== null) throw new FolderError("MISSING", `${folder}: views of an older layout, ${older}`)
    return openRecords(await openEnvironment(environment))
  }
  if (older !== null) await emptyOlder(folder, older, logger)
  try {
    return await openSound(environment)
  } catch (error) {
    if (!isFolderError(error, "TRUNCATED") && !isFolderError(error, "DAMAGED")) throw error
    logger.error({ folder, problem: error.message }, "views: damaged, so emptied and rebuilt from the log")
    await removeFiles(folder, DATA_FILES)
    return openSound(environment)
  }
}

/** Takes the lock first: the build that wrote the folder may still be running. */
async function emptyOlder(folder: string, layout: number, logger: Logger): Promise<void> {
  const release = await lockFolder(folder)
  try {
    logger.info({ folder, layout }, "views: of an older layout, so emptied and rebuilt from the log")
    await removeFiles(folder, [...DATA_FILES, FORMAT_FILE])
  } finally {
    await release()
  }
}

async function removeFiles(folder: string, files: readonly string[]): Promise<void> {
  for (const file of files) await rm(join(resolve(folder), file), { force: true })
}

/** Checks every page before LMDB follows it, then every entry. */
async function openSound(options: EnvironmentOptions): Promise<ViewFolder> {
  const environment = await openEnvironment(options)
  try {
    checkDataFile(environment.dataFile, "whole")
    const opened = openRecords(environment)
    await checkContentSums(opened)
    return opened
  } catch (error) {
    await environment.close()
    if (error instanceof FolderError) throw error
    throw new FolderError("DAMAGED", `${environment.dataFile}: ${String(error)}`, { cause: error })
  }
}

function openRecords(environment: LmdbEnvironment): ViewFolder {
  const records: Database<string, string> | undefined = environment.root.openDB("views", {
    encoding: "string",
  })
  // Read-only: LMDB returns undefined when the writer has not created the database yet.
  if (records === undefined) throw new FolderError("MISSING", `${environment.folder}: no views there yet`)
  return { environment, records }
}

/** Entries of a generation without a checkpoint are not checked: they are never read. */
async function checkContentSums({ environment, records }: ViewFolder): Promise<void> {
  const found = new Map<string, ContentSum>()
  const expected = new Map<string, string>()
  const generations = new Set<string>()
  let entries = 0
  for (const { key, value } of records.getRange()) {
    const prefix = prefixOf(key)
    // A damaged branch page may lead past an entry that its leaf still has.
    if (records.get(key) !== value) throw new Error(`${key}: expected to find it by its key`)
    if (key === checkpointKey(prefix)) generations.add(prefix)
    if (key === tallyKey(prefix)) expected.set(prefix, value)
    else sumOf(found, prefix).add(checksum(key, value))
    entries += 1
    if (entries % ENTRIES_PER_TURN === 0) await setImmediate()
  }
  // LMDB silently ends a range at a page that it cannot follow.
  const counted = statistic(records, "entryCount")
  if (entries !== counted) throw new Error(`expected ${counted} entries, found ${entries}`)
  for (const prefix of generations) {
    const sum = sumOf(found, prefix)
    const wanted = expected.get(prefix)
    if (sum.text === wanted) continue
    const message = `entries below ${prefix}: expected the tally ${wanted}, found ${sum.text}`
    throw new FolderError("DAMAGED", `${environment.dataFile}: ${message}`)
  }
}

function sumOf(sums: Map<string, ContentSum>, prefix: string): ContentSum {
  const sum = sums.get(prefix) ?? new ContentSum()
  sums.set(prefix, sum)
  return sum
}
