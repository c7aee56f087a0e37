import { dirname, join, resolve } from "node:path"
import { type Key, open, type RootDatabase } from "lmdb"
import { checkDataFile } from "./dataFile.js"
import { claimFormat, expectFormat, type FolderFormat, syncFolder } from "./folderFormat.js"
import { lockFolder, type Release } from "./folderLock.js"
import { Readers } from "./readers.js"

export interface EnvironmentOptions extends FolderFormat {
  /** Made if it is not there. One environment a folder. */
  readonly folder: string
  /**
   * Beside a running writer: takes no lock, writes nothing, makes nothing. A process that has a folder open to read
   * only cannot open it to write too (LMDB gives it the same environment).
   */
  readonly readOnly?: boolean
  /**
   * What a commit's promise means. `durable`: it survives kill -9 and power loss. `consistent`: it survives kill -9;
   * after a power loss the last commits may be gone, each of them whole. Default: durable.
   */
  readonly commits?: "durable" | "consistent"
}

/**
 * One folder opened as an LMDB environment. Writes belong together only inside one `transaction`, `batch` or
 * `ifVersion`, and every promise that LMDB gives needs a handler: all of them reject when a commit fails.
 */
export interface LmdbEnvironment {
  /** Absolute. */
  readonly folder: string
  readonly dataFile: string
  /** Open named databases on it by `openDB`; a read-only one sees what the last `resetReadTxn` saw. */
  readonly root: RootDatabase<unknown, Key>
  /** The readers beside this writer; none for a read-only environment. */
  readonly readers: Pick<Readers, "stalled">
  /** Waits for what is being written; repeatable. */
  close(): Promise<void>
}

/**
 * Opens a folder safely: marked with its format, locked against a second writer, and its file checked first.
 *
 * LMDB runs without its `overlappingSync`, so a commit is synced before readers of any process see it, and the state
 * of the file is simply the newer of its two meta pages. A transaction whose sync fails was never visible.
 *
 * Throws FolderError: HELD, MISSING (read-only), OTHER_FORMAT, TRUNCATED, DAMAGED.
 */
export async function openEnvironment(options: EnvironmentOptions): Promise<LmdbEnvironment> {
  const folder = resolve(options.folder)
  const dataFile = join(folder, "data.mdb")
  if (options.readOnly === true) {
    await expectFormat(folder, dataFile, options)
    checkDataFile(dataFile, "length")
    return environment(folder, dataFile, openRoot(folder, options), true, async () => {})
  }
  await claimFormat(folder, dataFile, options)
  const release = await lockFolder(folder)
  try {
    checkDataFile(dataFile, "tail")
    const root = openRoot(folder, options)
    await syncFolder(folder)
    await syncFolder(dirname(folder))
    return environment(folder, dataFile, root, false, release)
  } catch (error) {
    await release()
    throw error
  }
}

function openRoot(folder: string, options: EnvironmentOptions): RootDatabase<unknown, Key> {
  return open<unknown, Key>({
    path: folder,
    // Else a folder whose name has a dot is taken for a file.
    noSubdir: false,
    overlappingSync: false,
    // Else LMDB makes a promise of its own for each turn, which nobody can handle: a full disk ended the process.
    eventTurnBatching: false,
    noMetaSync: options.commits === "consistent",
    readOnly: options.readOnly === true,
  })
}

function environment(
  folder: string,
  dataFile: string,
  root: RootDatabase<unknown, Key>,
  readOnly: boolean,
  release: Release,
): LmdbEnvironment {
  let closed: Promise<void> | undefined
  const readers = readOnly ? null : new Readers(root)
  return {
    folder,
    dataFile,
    root,
    readers: readers ?? { stalled: [] },
    close() {
      readers?.close()
      closed ??= root.close().finally(release)
      return closed
    },
  }
}
