import { accessSync, constants } from "node:fs"
import type { Database } from "lmdb"
import { Fault } from "../../ports/faults.js"
import type { LogRecord } from "../../ports/log.js"
import type { StalledReader } from "../../ports/stalledReaders.js"
import { AcknowledgedMark, readMark } from "./acknowledgedMark.js"
import { type EnvironmentOptions, type LmdbEnvironment, openEnvironment } from "./environment.js"
import { FolderError, inFolder } from "./folderError.js"
import { decodeEntry, encodeEntries, keyOf, type LogEntry, offsetOf } from "./logRecord.js"
import { causeOf, hasRoom, isDiskFull, isUntouched, statistic } from "./writeFailure.js"

/** The bounds of one batch read: what a reader holds in memory. */
export const BATCH_RECORDS_MAX = 1_000
export const BATCH_BYTES_MAX = 1024 * 1024

/** Records in LMDB, one transaction per append. It knows nothing about readers, waiting or states: see `log.ts`. */
export interface LogStore {
  /** For messages: the data file. */
  readonly place: string
  /** The next offset, as far as everything before it is durable. */
  head(): number
  /** Writes all or none; durable when it resolves. Rejects with a WriteError. */
  write(first: number, at: number, records: readonly Uint8Array[]): Promise<void>
  /** Throws an Error that says why nothing can be written now: the disk is full, read-only or gone. */
  assertWritable(): void
  /**
   * Records in [from, head), at least one, bounded. Throws LOG_TRUNCATED when they are not what was written,
   * LOG_UNAVAILABLE when LMDB has given up.
   */
  read(from: number, head: number): LogRecord[]
  readonly stalledReaders: readonly StalledReader[]
  close(): Promise<void>
}

/**
 * A write that failed. `stored`: whether some of it may be in the file. `lasting`: whether nothing may be written any
 * more: after a failed sync nobody knows what is on the disk, and a second sync would wrongly succeed.
 */
export class WriteError extends Error {
  override readonly name = "WriteError"
  readonly stored: "no" | "unknown"
  readonly lasting: boolean

  constructor(message: string, outcome: { stored: "no" | "unknown"; lasting: boolean }, cause?: unknown) {
    super(message, { cause })
    this.stored = outcome.stored
    this.lasting = outcome.lasting
  }
}

type LogStoreOptions = Pick<EnvironmentOptions, "folder" | "readOnly">

/** Throws FolderError (see `openEnvironment`), or LOG_TRUNCATED when records that were acknowledged are gone. */
export function openLogStore(options: LogStoreOptions): Promise<LogStore> {
  return inFolder(options.folder, () => openStore(options))
}

async function openStore({ folder, readOnly = false }: LogStoreOptions): Promise<LogStore> {
  const mark = readMark(folder)
  const environment = await openEnvironment({ folder, kind: "log", format: 1, readOnly })
  let opened: LmdbEnvironment | LmdbLogStore = environment
  try {
    const store = new LmdbLogStore(environment, readOnly)
    opened = store
    store.check(mark)
    return store
  } catch (error) {
    await opened.close()
    throw error
  }
}

class LmdbLogStore implements LogStore {
  readonly place: string
  readonly #environment: LmdbEnvironment
  readonly #records: Database<Buffer, Buffer>
  readonly #mark: AcknowledgedMark | null
  #broken = false

  constructor(environment: LmdbEnvironment, readOnly: boolean) {
    const records: Database<Buffer, Buffer> | undefined = environment.root.openDB("records", {
      encoding: "binary",
      keyEncoding: "binary",
    })
    // Read-only: LMDB returns undefined when the writer has not created the database yet.
    if (records === undefined) throw new FolderError("MISSING", `${environment.folder}: no log there yet`)
    this.place = environment.dataFile
    this.#environment = environment
    this.#records = records
    this.#mark = readOnly ? null : new AcknowledgedMark(environment.folder)
  }

  /** The checks when a log is opened: see `openLmdbLog`. */
  check(mark: number): void {
    const head = this.head()
    const count = statistic(this.#records, "entryCount")
    if (count !== head) throw this.#lost(`expected ${head} records up to the last, found ${count}`)
    if (head < mark) throw this.#lost(`expected the ${mark} records that were acknowledged, found ${head}`)
    // Also allocates the mark's space on the disk, so that a full one cannot prevent it later.
    this.#mark?.write(head)
    for (let from = Math.max(0, head - BATCH_RECORDS_MAX); from < head; ) from += this.read(from, head).length
  }

  get stalledReaders(): readonly StalledReader[] {
    return this.#environment.readers.stalled
  }

  head(): number {
    this.#assertReadable()
    this.#records.resetReadTxn()
    for (const key of this.#records.getKeys({ reverse: true, limit: 1 })) return offsetOf(key) + 1
    return 0
  }

  read(from: number, head: number): LogRecord[] {
    this.#assertReadable()
    this.#records.resetReadTxn()
    try {
      return this.#readRange(from, head)
    } catch (error) {
      if (error instanceof Fault) throw error
      throw this.#lost(`offset ${from} or some after it: it cannot be read: ${String(error)}`)
    }
  }

  #readRange(from: number, head: number): LogRecord[] {
    const records: LogRecord[] = []
    let bytes = 0
    const options = { start: keyOf(from), end: keyOf(head), limit: BATCH_RECORDS_MAX }
    for (const { key, value } of this.#records.getRange(options)) {
      const record = this.#decode(from + records.length, offsetOf(key), value)
      records.push(record)
      bytes += record.bytes.length
      if (bytes >= BATCH_BYTES_MAX) return records
    }
    const expected = Math.min(head - from, BATCH_RECORDS_MAX)
    if (records.length === expected) return records
    throw this.#lost(`offset ${from + records.length}: expected a record below the head ${head}, found none`)
  }

  #decode(expected: number, found: number, value: Buffer): LogRecord {
    if (found !== expected) throw this.#lost(`offset ${expected}: expected a record, found offset ${found}`)
    const record = decodeEntry(expected, value)
    if (typeof record === "string") throw this.#lost(`offset ${expected}: ${record}`)
    return record
  }

  #lost(what: string): Fault {
    return new Fault("LOG_TRUNCATED", `log ${this.place}: ${what}`)
  }

  async write(first: number, at: number, records: readonly Uint8Array[]): Promise<void> {
    if (!hasRoom(this.#environment.folder)) throw this.#diskFull()
    const written = await this.#commit(encodeEntries(first, at, records)).catch((error: unknown) => {
      throw this.#writeError(error)
    })
    if (!written) {
      const text = `log ${this.place}: offset ${first} was taken by another process; one process may write`
      throw new WriteError(text, { stored: "no", lasting: true })
    }
    this.#mark?.write(first + records.length)
  }

  assertWritable(): void {
    const { folder, dataFile } = this.#environment
    try {
      accessSync(dataFile, constants.W_OK)
    } catch (error) {
      throw new Error(`log ${folder}: it cannot be written: ${String(error)}`, { cause: error })
    }
    if (!hasRoom(folder)) throw this.#diskFull()
  }

  /** Commits in one transaction if the first offset is free; false when it is not. */
  async #commit(entries: readonly LogEntry[]): Promise<boolean> {
    const [first] = entries
    if (first === undefined) return true
    const committed = this.#records.ifNoExists(first.key, () => {
      for (const { key, value } of entries) this.#records.put(key, value)
    })
    try {
      return await committed
    } catch (error) {
      throw await causeOf(error)
    }
  }

  #writeError(error: unknown): WriteError {
    const { folder } = this.#environment
    const untouched = isUntouched(this.#environment)
    if (untouched === null) this.#broken = true
    if (untouched === true && isDiskFull(error, folder)) return this.#diskFull(error)
    const text = `log ${folder}: a write failed, nothing more is written: ${String(error)}`
    return new WriteError(text, { stored: "unknown", lasting: true }, error)
  }

  #diskFull(cause?: unknown): WriteError {
    const { folder } = this.#environment
    return new WriteError(`log ${folder}: the disk is full`, { stored: "no", lasting: false }, cause)
  }

  #assertReadable(): void {
    if (!this.#broken) return
    throw new Fault("LOG_UNAVAILABLE", `log ${this.place}: a write failed, it must be opened again`)
  }

  async close(): Promise<void> {
    await this.#environment.close()
    this.#mark?.close()
  }
}
