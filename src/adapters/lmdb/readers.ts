import type { RootDatabase } from "lmdb"
import type { StalledReader } from "../../ports/stalledReaders.js"

/** How often the writer checks which processes read its folder; a check takes 17 µs. */
export const LOOK_EVERY_MS = 5_000

/** A reader that holds one state this long has stalled: ours take the newest with every turn of their event loop. */
export const STALLED_AFTER_MS = 30_000

/** A line of LMDB's reader list: process, thread, transaction (`-` when it reads nothing at the moment). */
const LINE = /^\s*(\d+)\s+([0-9a-f]+)\s+(\d+)$/gm

/**
 * The processes that read a folder beside its writer. LMDB keeps all pages that a reader may still see, even for a reader
 * that was killed in the middle of a read: from then on each commit takes new pages, and the file grows many times as
 * fast. The writer frees what dead readers held, and reports live ones that hold pages for long, such as a stopped
 * process (SIGSTOP).
 */
export class Readers {
  readonly #root: Pick<RootDatabase, "readerCheck" | "readerList">
  readonly #looks: NodeJS.Timeout
  /** When each read transaction of another process was first seen, in milliseconds of any clock. */
  #since = new Map<string, { readonly pid: number; readonly at: number }>()
  #lookedAt = 0

  constructor(root: Pick<RootDatabase, "readerCheck" | "readerList">) {
    this.#root = root
    this.#looks = setInterval(() => this.look(performance.now()), LOOK_EVERY_MS).unref()
  }

  /** The readers that had held one state for too long at the last check, each process once. */
  get stalled(): readonly StalledReader[] {
    const heldMs = new Map<number, number>()
    for (const { pid, at } of this.#since.values()) {
      heldMs.set(pid, Math.max(heldMs.get(pid) ?? 0, this.#lookedAt - at))
    }
    const held = [...heldMs].map(([pid, forMs]) => ({ pid, forMs }))
    return held.filter(({ forMs }) => forMs >= STALLED_AFTER_MS)
  }

  /** Frees what dead processes held, and notes which process reads which state. */
  look(now: number): void {
    this.#root.readerCheck()
    const before = this.#since
    this.#since = new Map()
    this.#lookedAt = now
    for (const [reading, pid] of this.#root.readerList().matchAll(LINE)) {
      if (Number(pid) === process.pid) continue
      this.#since.set(reading, before.get(reading) ?? { pid: Number(pid), at: now })
    }
  }

  close(): void {
    clearInterval(this.#looks)
  }
}
