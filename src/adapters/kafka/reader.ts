import { linkedAbort } from "../../lib/linkedAbort.js"
import { pause } from "../../lib/sleep.js"
import { Fault, isFault } from "../../ports/faults.js"
import type { LogRecord } from "../../ports/log.js"
import type { Logger } from "../../ports/logger.js"
import type { BatchQueue } from "./batchQueue.js"
import type { Bounds } from "./bounds.js"
import type { Cursor } from "./cursor.js"
import type { Fetched, FetchHandler, FetchLoop } from "./follow.js"
import { Outage } from "./outage.js"
import { onAbort } from "./waiting.js"

const BACKOFF_FIRST_MS = 100
const BACKOFF_MAX_MS = 5_000
/** While nothing comes, the log's bounds are checked this often. */
const WATCH_EVERY_MS = 1_000
/** A consumer that delivers nothing, though there are records, for this many watches in a row is replaced. */
const QUIET_WATCHES_MAX = 8
/**
 * A leader that was deposed without knowing it can report an old head, so we ask again when the head is below ours.
 */
const CUT_LOOKS = 3
const CUT_LOOK_EVERY_MS = 500
/** How many void records of a hole go into one batch. */
const HOLE_BATCH_MAX = 4_096

export interface ReaderParts {
  /** `topic/realm`, for messages. */
  readonly name: string
  readonly cursor: Cursor
  readonly queue: BatchQueue
  readonly follow: FetchLoop
  readonly bounds: () => Promise<Bounds>
  readonly logger: Logger
}

/** Nothing is wrong with the consumer, but another one has to check what it saw. */
class AskAnother extends Error {
  override readonly name = "AskAnother"
}

/**
 * Fills the queue with every record from the cursor's position on, in order, through one consumer after another.
 * A consumer that fails, or delivers nothing though there is something, is replaced; outages are waited out.
 * Ends when the signal is aborted, or with LOG_TRUNCATED in the queue.
 */
export class PartitionReader {
  readonly #parts: ReaderParts
  readonly #leaving = new Set<Promise<void>>()
  #consumers = 0
  /** The last consumer that joined. */
  #joined = 0
  #backoffMs = BACKOFF_FIRST_MS
  readonly #outage: Outage

  constructor(parts: ReaderParts) {
    this.#parts = parts
    this.#outage = new Outage(parts.logger)
  }

  async run(signal: AbortSignal): Promise<void> {
    const { queue } = this.#parts
    onAbort(signal, () => queue.end())
    while (!signal.aborted) {
      try {
        await this.#checkBounds(signal)
        if (!signal.aborted) await this.#useOneConsumer(signal)
      } catch (error) {
        if (isFault(error, "LOG_TRUNCATED")) {
          queue.fail(error)
          break
        }
        if (!(error instanceof AskAnother)) await this.#waitOut(error, signal)
      }
    }
    await Promise.all(this.#leaving)
  }

  async #useOneConsumer(signal: AbortSignal): Promise<void> {
    const { signal: ended, end } = linkedAbort(signal)
    const consumer = ++this.#consumers
    const followed = this.#parts.follow(this.#handler(consumer, ended), ended)
    const left = followed.catch(() => {}).then(() => void this.#leaving.delete(left))
    this.#leaving.add(left)
    try {
      await Promise.race([followed, this.#watch(ended)])
    } finally {
      end()
    }
  }

  #handler(consumer: number, ended: AbortSignal): FetchHandler {
    const { cursor } = this.#parts
    return {
      joined: () => {
        this.#joined = consumer
      },
      restart: () => cursor.restart(),
      take: fetched => this.#take(fetched, consumer, ended),
    }
  }

  async #take(fetched: Fetched, consumer: number, ended: AbortSignal): Promise<"on" | "again"> {
    const { queue, cursor } = this.#parts
    if (!ended.aborted) this.#recovered()
    await queue.room()
    for (;;) {
      if (ended.aborted || fetched.isStale()) return "on"
      const { fresh, sight } = accept(cursor, fetched, consumer)
      if (fresh.length > 0) this.#push(fresh, fetched.head)
      switch (sight?.kind) {
        case undefined:
          return "on"
        case "look again":
          return "again"
        case "ask another":
          throw new AskAnother()
        case "truncated":
          throw this.#truncated(sight.reason)
        case "hole":
          await this.#passHole(sight.to, fetched, ended)
      }
    }
  }

  #push(records: readonly LogRecord[], head: number): void {
    this.#parts.queue.push({ records, head: Math.max(head, this.#parts.cursor.next) })
  }

  /** Two consumers saw nothing in the hole. Unless the log begins after it, every reader sees it: it is void. */
  async #passHole(to: number, fetched: Fetched, ended: AbortSignal): Promise<void> {
    const { cursor, logger, name } = this.#parts
    const from = cursor.next
    await this.#checkBounds(ended)
    if (ended.aborted || fetched.isStale()) return
    logger.error({ log: name, from, to }, "the log has a hole: these offsets hold no record and are void")
    const at = cursor.known?.at ?? fetched.records.find(({ offset }) => offset >= to)?.at ?? 0
    while (cursor.next < to) {
      const start = cursor.next
      const end = Math.min(to, start + HOLE_BATCH_MAX)
      cursor.pass(end)
      this.#push(hole(start, end, at), fetched.head)
    }
  }

  /** Checks the bounds while nothing comes. Rejects when the consumer has to be replaced, or the log is cut. */
  async #watch(ended: AbortSignal): Promise<void> {
    const { cursor, queue } = this.#parts
    let quietAt = cursor.next
    let quiet = 0
    while (!ended.aborted) {
      await pause(WATCH_EVERY_MS, ended)
      if (this.#joined === this.#consumers && !ended.aborted) this.#recovered()
      if (cursor.next !== quietAt || queue.full) quiet = 0
      else if (await this.#bringsNothing(ended)) quiet++
      else quiet = 0
      quietAt = cursor.next
      if (quiet >= QUIET_WATCHES_MAX) {
        throw new Error(`the consumer delivers nothing, though there are records from offset ${quietAt} on`)
      }
    }
  }

  async #bringsNothing(ended: AbortSignal): Promise<boolean> {
    const { cursor } = this.#parts
    const next = cursor.next
    try {
      const head = await this.#checkBounds(ended)
      return head > next && cursor.next === next
    } catch (error) {
      // Noticing an outage is up to the consumer: it may work when this query does not.
      if (isFault(error, "LOG_UNAVAILABLE")) return false
      throw error
    }
  }

  /** Returns the head. Throws LOG_TRUNCATED when the log cannot be the one that was read, and LOG_UNAVAILABLE. */
  async #checkBounds(ended: AbortSignal): Promise<number> {
    const { cursor, bounds } = this.#parts
    for (let look = 1; ; look++) {
      const next = cursor.next
      const answer = await bounds()
      const reason = cursor.contradiction(answer, next)
      if (reason === null || ended.aborted) return answer.head
      if (answer.start > cursor.next || look >= CUT_LOOKS) throw this.#truncated(reason)
      await pause(CUT_LOOK_EVERY_MS, ended)
    }
  }

  #truncated(reason: string): Fault {
    return new Fault("LOG_TRUNCATED", `kafka ${this.#parts.name} read: ${reason}`)
  }

  async #waitOut(error: unknown, signal: AbortSignal): Promise<void> {
    if (!signal.aborted) this.#outage.failed(error, this.#place())
    await pause(this.#backoffMs, signal)
    this.#backoffMs = Math.min(2 * this.#backoffMs, BACKOFF_MAX_MS)
  }

  /** Something was fetched, or a joined consumer had no problem during a watch. */
  #recovered(): void {
    this.#outage.recovered(this.#place())
    this.#backoffMs = BACKOFF_FIRST_MS
  }

  #place(): object {
    return { log: this.#parts.name, next: this.#parts.cursor.next }
  }
}

/** The records to deliver, up to the first that needs another reaction. */
function accept(cursor: Cursor, { records, end }: Fetched, consumer: number) {
  const fresh: LogRecord[] = []
  for (const record of records) {
    const sight = cursor.see(record, consumer)
    if (sight.kind === "deliver") fresh.push(record)
    else if (sight.kind !== "skip") return { fresh, sight }
  }
  const sight = cursor.seeNothingBelow(end, consumer)
  return { fresh, sight: sight.kind === "skip" ? undefined : sight }
}

function hole(from: number, to: number, at: number): LogRecord[] {
  const bytes = new Uint8Array(0)
  return Array.from({ length: to - from }, (_, index) => ({ offset: from + index, at, bytes }))
}
