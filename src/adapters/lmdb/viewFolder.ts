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

/** So many entries are looked at before everything else has its turn. */
const ENTRIES_A_TURN = 5_000

const DATA_FILES = ["data.mdb", "lock.mdb"]

export interface ViewFolderOptions {
  /** Made if it is not there. */
  readonly folder: string
  /** Beside a running writer, from another process. */
  readonly readOnly?: boolean
  readonly logger: Logger
}

export interface ViewFolder {
  readonly environment: LmdbEnvironment
  readonly records: Database<string, string>
}

const FORMAT: FolderFormat = { kind: "views", format: VIEW_LAYOUT }

/**
 * Opens the views' folder. Since the log rebuilds them, they are `consistent`, not `durable`, and a folder that is
 * damaged in any way is emptied with an error in the log: no answer is better than a wrong one. So is one of an older
 * layout, without an error.
 * Cost: it reads every entry twice (measured: 1.6 s for 500,000 entries of 260 MB).
 * Throws FolderError HELD, OTHER_FORMAT, UNUSABLE; to read only also MISSING, TRUNCATED, DAMAGED.
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

/** Under the lock: the build that wrote it may still run. */
async function emptyOlder(folder: string, layout: number, logger: Logger): Promise<void> {
  const release = await lockFolder(folder)
  try {
    logger.info({ folder, layout }, "views: of an older layout, so emptied and built again from the log")
    await removeFiles(folder, [...DATA_FILES, FORMAT_FILE])
  } finally {
    await release()
  }
}

async function removeFiles(folder: string, files: readonly string[]): Promise<void> {
  for (const file of files) await rm(join(resolve(folder), file), { force: true })
}

/** Every page is looked at before LMDB follows it, then every entry. */
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
  // Reading only, LMDB answers so when its writer has not come that far.
  if (records === undefined) throw new FolderError("MISSING", `${environment.folder}: no views there yet`)
  return { environment, records }
}

/** What lies under the name of a generation without a checkpoint is not counted: it is never seen. */
async function checkContentSums({ environment, records }: ViewFolder): Promise<void> {
  const found = new Map<string, ContentSum>()
  const expected = new Map<string, string>()
  const generations = new Set<string>()
  let entries = 0
  for (const { key, value } of records.getRange()) {
    const prefix = prefixOf(key)
    // A damaged branch page leads past an entry that its leaf still has.
    if (records.get(key) !== value) throw new Error(`${key}: expected to find it by its key`)
    if (key === checkpointKey(prefix)) generations.add(prefix)
    if (key === tallyKey(prefix)) expected.set(prefix, value)
    else sumOf(found, prefix).add(checksum(key, value))
    entries += 1
    if (entries % ENTRIES_A_TURN === 0) await setImmediate()
  }
  // LMDB ends a range silently at a page that it cannot follow.
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
