import { setMaxListeners } from "node:events"
import { assertLakePath, isLeftOver, temporaryPath } from "../../lake/lakePath.js"
import { Semaphore } from "../../lib/semaphore.js"
import { Fault, isFault } from "../../ports/faults.js"
import type { Lake, LakeFile } from "../../ports/lake.js"
import { CallRetries } from "./callRetries.js"
import {
  WEBHDFS_LIMITS,
  WEBHDFS_USER,
  type WebHdfsLimits,
  type WebHdfsOptions,
  webHdfsMistakes,
} from "./options.js"
import { HdfsProblem } from "./problem.js"
import { type RenameOptions, WebHdfs } from "./webHdfs.js"

/** How many calls are in flight at once; others queue. */
const CALLS_MAX = 16
const WAITING_MAX = 1_000

/** How many folders are remembered as cleared of what crashes left behind. */
const TIDIED_MAX = 1_000

/** What a file's name now refers to: the file just written, one with the same bytes, or another one. */
type Named = "renamed" | "same" | "other"

/** Opens the lake in HDFS, by WebHDFS, without a call yet. Throws Error for options that cannot work. */
export function openWebHdfsLake(options: WebHdfsOptions): Lake {
  const mistakes = webHdfsMistakes(options)
  if (mistakes.length > 0) throw new Error(mistakes.join("; "))
  return new WebHdfsLake(options)
}

/**
 * The lake as a folder of HDFS. A file is written under a unique hidden name, its length is checked, and it gets its real
 * name by RENAME, which is atomic: with NONE it never replaces another file. Temporary failures are retried.
 */
class WebHdfsLake implements Lake {
  readonly root: string
  readonly #folder: string
  readonly #place: string
  readonly #limits: WebHdfsLimits
  readonly #hdfs: WebHdfs
  readonly #end = new AbortController()
  readonly #permits = new Semaphore(
    CALLS_MAX,
    WAITING_MAX,
    waiting => new Fault("OVERLOADED", `${waiting} calls already wait for HDFS`),
  )
  readonly #tidied = new Set<string>()

  constructor({ url, hdfsUrl, folder, user = WEBHDFS_USER, datanodeHost = null, limits }: WebHdfsOptions) {
    this.root = hdfsUrl.replace(/\/+$/, "") + folder
    this.#folder = folder
    this.#place = `HDFS at ${url} (settings WEBHDFS_URL, WEBHDFS_USER ${user})`
    this.#limits = { ...WEBHDFS_LIMITS, ...limits }
    setMaxListeners(CALLS_MAX, this.#end.signal)
    this.#hdfs = new WebHdfs({ url, user, datanodeHost }, this.#limits)
  }

  write(path: string, bytes: Uint8Array): Promise<void> {
    return this.replace(path, bytes)
  }

  putIfAbsent(path: string, bytes: Uint8Array): Promise<boolean> {
    return this.#call(path, (target, patience) => this.#put(target, bytes, "NONE", patience))
  }

  replace(path: string, bytes: Uint8Array): Promise<void> {
    return this.#call(path, async (target, patience) => {
      await this.#put(target, bytes, "OVERWRITE", patience)
    })
  }

  read(path: string): Promise<Uint8Array | null> {
    return this.#call(path, (target, patience) => patience.persist(() => this.#hdfs.read(target)))
  }

  list(folder: string): Promise<readonly LakeFile[]> {
    return this.#call(folder, async (target, patience) => {
      const statuses = await patience.persist(() => this.#hdfs.list(target))
      return statuses
        .filter(({ name, isFolder }) => !isFolder && !name.startsWith("."))
        .map(({ name, bytes }) => ({ name, bytes }))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
    })
  }

  delete(path: string): Promise<void> {
    return this.#call(path, (target, patience) => patience.persist(() => this.#hdfs.delete(target)))
  }

  async close(): Promise<void> {
    this.#end.abort()
    this.#hdfs.close()
  }

  async #put(
    target: string,
    bytes: Uint8Array,
    options: RenameOptions,
    patience: CallRetries,
  ): Promise<boolean> {
    const temporary = await patience.persist(() => this.#upload(target, bytes))
    let named: Named = "other"
    try {
      named = await this.#name(temporary, target, bytes, options, patience)
    } finally {
      // This also prevents a RENAME still in flight from being carried out later.
      if (named !== "renamed") await this.#drop(temporary)
    }
    await this.#tidy(target)
    return named !== "other"
  }

  /** Uses a new name for each attempt: an earlier one, which may still be running, cannot touch this one's file. */
  async #upload(target: string, bytes: Uint8Array): Promise<string> {
    const temporary = temporaryPath(target)
    try {
      await this.#hdfs.create(temporary, bytes)
      // A broken connection leaves a file that is too short but looks complete.
      const written = await this.#hdfs.status(temporary)
      if (written?.bytes === bytes.length) return temporary
      const found = written === null ? "no file" : `${written.bytes}`
      throw new HdfsProblem("LENGTH", `wrote ${bytes.length} bytes, then found ${found}`)
    } catch (error) {
      await this.#drop(temporary)
      throw error
    }
  }

  /** Renames the file; after a lost reply, reading shows whether it was done. */
  async #name(
    temporary: string,
    target: string,
    bytes: Uint8Array,
    options: RenameOptions,
    patience: CallRetries,
  ): Promise<Named> {
    return patience.persist(async () => {
      const renamed = await this.#hdfs.rename(temporary, target, options)
      if (renamed === "renamed") return renamed
      const there = await this.#hdfs.read(target)
      if (there !== null && Buffer.compare(there, bytes) === 0) return "same"
      if (renamed === "taken" && there !== null) return "other"
      throw new HdfsProblem("GONE", "the written file was gone before it got its name", renamed === "gone")
    })
  }

  /** Best effort: what stays is hidden, and is deleted as a leftover later. */
  async #drop(temporary: string): Promise<void> {
    await this.#hdfs.delete(temporary).catch(() => {})
  }

  /** Deletes what crashes left behind in a folder: once, best effort. */
  async #tidy(target: string): Promise<void> {
    const folder = target.slice(0, target.lastIndexOf("/"))
    if (this.#tidied.has(folder) || this.#tidied.size >= TIDIED_MAX) return
    this.#tidied.add(folder)
    const statuses = await this.#hdfs.list(folder).catch(() => [])
    const leftOver = statuses.filter(({ name, modifiedAt }) => isLeftOver(name, Date.now() - modifiedAt))
    for (const { name } of leftOver) await this.#drop(`${folder}/${name}`)
  }

  async #call<T>(path: string, work: (target: string, patience: CallRetries) => Promise<T>): Promise<T> {
    assertLakePath(path)
    const target = `${this.#folder}/${path}`
    try {
      const giveBack = await this.#turn()
      try {
        return await work(target, new CallRetries(this.#limits, this.#end.signal))
      } finally {
        giveBack()
      }
    } catch (error) {
      if (!(error instanceof HdfsProblem) && !isFault(error, "OVERLOADED")) throw error
      throw new Fault("HISTORY_UNAVAILABLE", `lake: ${this.#place}: ${target}: ${error.message}`, {
        cause: error,
      })
    }
  }

  /** A caller that is queued when the lake is closed soon gets its turn: those before it end. */
  async #turn(): Promise<() => void> {
    const { deadlineMs } = this.#limits
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), deadlineMs)
    try {
      const giveBack = await this.#permits.take(late.signal)
      if (giveBack !== null) return giveBack
    } finally {
      clearTimeout(timer)
    }
    throw new HdfsProblem("BUSY", `${CALLS_MAX} calls at once, no turn within ${deadlineMs} ms`, true)
  }
}
