import type { Database } from "lmdb"
import { within } from "../../lib/deadline.js"
import { pause } from "../../lib/sleep.js"
import { Fault } from "../../ports/faults.js"
import type { LmdbEnvironment } from "./environment.js"
import { openViewFolder, type ViewFolder, type ViewFolderOptions } from "./viewFolder.js"
import { causeOf, hasRoom, isDiskFull, isUntouched } from "./writeFailure.js"

/** How long a swap may take before it fails as perhaps done, perhaps not. */
const SWAP_WITHIN_MS = 5_000

/** How long to wait before trying again to reopen a folder. */
const REOPEN_EVERY_MS = 1_000

/**
 * A folder of views that is opened again after a failed write. Its faults are VIEWS_UNAVAILABLE.
 *
 *   open     --a write failed, see `#failed`-->  reopening;  reopening  --the folder is sound-->  open
 *   any      --close()-->  closed
 */
export class ReopeningFolder {
  readonly #options: ViewFolderOptions
  readonly #closing = new AbortController()
  #folder: ViewFolder
  /** Why it cannot answer at the moment, or null. */
  #problem: string | null = null
  #reopening: Promise<void> | null = null

  constructor(folder: ViewFolder, options: ViewFolderOptions) {
    this.#folder = folder
    this.#options = options
  }

  get environment(): LmdbEnvironment {
    return this.#folder.environment
  }

  get records(): Database<string, string> {
    return this.#folder.records
  }

  /**
   * One answer from one state. LMDB keeps the same read transaction for at least a turn of the event loop, and `read`
   * does not leave that turn.
   */
  read<T>(read: () => T): T {
    this.assertOpen()
    try {
      return read()
    } catch (error) {
      if (error instanceof Fault) throw error
      throw this.fault(`it cannot be read: ${String(error)}`)
    }
  }

  async write<T>(write: () => T): Promise<T> {
    this.assertOpen()
    if (this.#options.readOnly === true) throw this.fault("it was opened read-only")
    const { folder } = this.environment
    if (!hasRoom(folder)) throw this.fault("the disk is full")
    // A child of LMDB's own transaction, so that an error half way leaves nothing behind.
    const written = this.records.childTransaction(write).catch(async (error: unknown) => {
      throw await this.#failed(error)
    })
    return within(written, SWAP_WITHIN_MS, () => this.fault(`a swap is not done after ${SWAP_WITHIN_MS} ms`))
  }

  assertOpen(): void {
    if (this.#problem !== null) throw this.fault(this.#problem)
  }

  fault(what: string): Fault {
    return new Fault("VIEWS_UNAVAILABLE", `views ${this.#options.folder}: ${what}`)
  }

  async close(): Promise<void> {
    this.#problem = "it is closed"
    this.#closing.abort()
    await this.#reopening
    await this.environment.close()
  }

  /**
   * A full disk is temporary. After any other failed write nobody knows what is on the disk: the folder is reopened,
   * which checks everything. One such failure was seen after a kill -9: LMDB had rolled back a transaction by its own
   * mistake (MDB_BAD_TXN, "reserved freelist had a data entry with zero-size"; lmdb 3.5.6), and the folder was sound.
   */
  async #failed(error: unknown): Promise<unknown> {
    if (!(error instanceof Error) || !("commitError" in error)) return error
    const cause = await causeOf(error)
    if (isUntouched(this.environment) === true && isDiskFull(cause, this.environment.folder))
      return this.fault("the disk is full")
    this.#problem ??= `a write failed, so it is opened again: ${String(cause)}`
    const fault = this.fault(this.#problem)
    this.#reopening ??= this.#reopen().finally(() => {
      this.#reopening = null
    })
    return fault
  }

  /** Resolves once the folder is open again, or the store is closed. Never rejects. */
  async #reopen(): Promise<void> {
    const { logger, folder } = this.#options
    const { signal } = this.#closing
    logger.error({ folder, problem: this.#problem }, "views: reopening the folder")
    await this.environment.close().catch(() => {})
    while (!signal.aborted) {
      try {
        this.#folder = await openViewFolder(this.#options)
        if (!signal.aborted) this.#problem = null
        return
      } catch (error) {
        if (!signal.aborted) this.#problem = `it cannot be opened again: ${String(error)}`
        await pause(REOPEN_EVERY_MS, signal)
      }
    }
  }
}
