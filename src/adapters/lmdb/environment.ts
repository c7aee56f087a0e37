import { dirname, join, resolve } from "node:path"
import { type Key, open, type RootDatabase } from "lmdb"
import { once } from "../../lib/once.js"
import { syncFolder } from "../../lib/syncFolder.js"
import { checkDataFile } from "./dataFile.js"
import { claimFormat, expectFormat, type FolderFormat } from "./folderFormat.js"
import { lockFolder, type Release } from "./folderLock.js"
import { Readers } from "./readers.js"

export interface EnvironmentOptions extends FolderFormat {
  /** Created if missing. One environment per folder. */
  readonly folder: string
  /**
   * For use beside a running writer: takes no lock, writes nothing, creates nothing. A process that has a folder open
   * read-only cannot also open it for writing (LMDB would return the same environment).
   */
  readonly readOnly?: boolean
  /**
   * What a resolved commit guarantees. `durable`: it survives kill -9 and power loss. `consistent`: it survives kill -9;
   * after a power loss the last commits may be gone, but none in part. Default: durable.
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
  /** Opens named databases by `openDB`; a read-only one sees the state as of the last `resetReadTxn`. */
  readonly root: RootDatabase<unknown, Key>
  /** The other processes that read this writer's folder; none for a read-only environment. */
  readonly readers: Pick<Readers, "stalled">
  /** Waits for pending writes. Idempotent. */
  close(): Promise<void>
}

/**
 * Opens a folder safely: marks it with its format, locks out a second writer, and checks its file first.
 *
 * LMDB runs without `overlappingSync`, so a commit is synced before readers of any process see it, and the state of the
 * file is simply the newer of its two meta pages. A transaction whose sync fails was never visible.
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
    // Otherwise a folder with a dot in its name is taken for a file.
    noSubdir: false,
    overlappingSync: false,
    // Otherwise LMDB makes a promise for each turn that nobody can handle: a full disk would end the process.
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
  const readers = readOnly ? null : new Readers(root)
  return {
    folder,
    dataFile,
    root,
    readers: readers ?? { stalled: [] },
    close: once(() => {
      readers?.close()
      return root.close().finally(release)
    }),
  }
}
