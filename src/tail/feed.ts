import type { Clock } from "../lib/clock.js"
import { Semaphore } from "../lib/semaphore.js"
import { turn } from "../lib/sleep.js"
import { type Stream, stream } from "../lib/stream.js"
import { Fault, isFault } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import {
  type EventFilter,
  type EventPosition,
  eventsOf,
  type PositionedEvent,
  positionAfter,
} from "./eventFilter.js"
import { Heartbeat } from "./heartbeat.js"
import { older } from "./records.js"
import { SubscriberCursor, takeEvents } from "./subscriberCursor.js"
import { SubscriberIndex } from "./subscriberIndex.js"
import type { Tail } from "./tail.js"

export interface FeedBounds {
  /** How many records a subscriber may fall behind the tail once it has caught up: seconds of full load. */
  readonly behindMax: number
  /** How many records behind the tail a subscriber may begin: seconds of reading. */
  readonly replayMax: number
  /** How many subscribers may replay the log at once, and how many may queue for it. */
  readonly readersMax: number
  readonly waitingMax: number
  /** A subscriber that replays the log must take each event within this, in milliseconds. */
  readonly takeWithinMs: number
  /** The time between two heartbeats, in milliseconds. */
  readonly heartbeatMs: number
}

export const FEED_BOUNDS: FeedBounds = {
  behindMax: 50_000,
  replayMax: 1_000_000,
  readersMax: 4,
  waitingMax: 100,
  takeWithinMs: 10_000,
  heartbeatMs: 10_000,
}

/** What a subscriber gets: an event, or a heartbeat. */
export interface Notice {
  readonly event: PositionedEvent | null
  /** Where to resume after it. */
  readonly next: EventPosition
}

/** The subscriber has fallen behind; it can resume from `next`. */
export class TooSlow extends Fault {
  readonly next: EventPosition

  constructor(message: string, next: EventPosition) {
    super("SUBSCRIBER_TOO_SLOW", message)
    this.next = next
  }
}

export interface FeedOptions {
  readonly tail: Tail
  readonly log: Log
  readonly clock: Clock
  readonly bounds?: Partial<FeedBounds>
}

/**
 * Feeds subscribers from the tail. Each pulls the events it wants from the tail's buffer, so there are no other
 * queues: a slow subscriber holds no memory and slows nobody. What the buffer no longer holds is replayed from the log.
 */
export class Feed {
  readonly bounds: FeedBounds
  /** By the subscription's name: open subscribers, notices delivered so far. By code: subscribers ended by a fault. */
  readonly figures = { open: counts(), delivered: counts(), ended: counts() } as const
  readonly #tail: Tail
  readonly #log: Log
  readonly #clock: Clock
  readonly #readers: Semaphore
  readonly #subscribers = new SubscriberIndex()

  constructor({ tail, log, clock, bounds }: FeedOptions) {
    this.bounds = { ...FEED_BOUNDS, ...bounds }
    this.#tail = tail
    this.#log = log
    this.#clock = clock
    this.#readers = new Semaphore(
      this.bounds.readersMax,
      this.bounds.waitingMax,
      waiting => new Fault("OVERLOADED", `${waiting} subscriptions already wait to read the log`),
    )
    tail.listen({
      judged: record => this.#subscribers.note(record),
      batchEnd: () => this.#subscribers.wake(tail.fault !== null),
    })
  }

  /** How many subscribers there are. */
  get size(): number {
    return Object.values(this.figures.open).reduce((sum, open) => sum + open, 0)
  }

  /**
   * Where a subscriber begins: at a given position, or now. Waits until this process has read that far.
   * Throws BAD_USER_INPUT for a position beyond the log's end, CURSOR_TOO_OLD for one too far back, VIEWS_BEHIND at the
   * deadline (milliseconds since 1970), LOG_UNAVAILABLE, and the tail's fault.
   */
  async begin(after: EventPosition | null, deadline: number): Promise<EventPosition> {
    const now = { offset: this.#tail.position, index: 0 }
    if (after === null) return now
    const offset = after.index > 0 ? after.offset + 1 : after.offset
    if (offset > this.#tail.position) {
      const { head } = await this.#log.bounds()
      if (offset > head)
        throw new Fault("BAD_USER_INPUT", `after: it lies beyond the log's end, offset ${head}`)
      await this.#tail.reachedBy(offset, this.#clock, deadline, "expected offset")
    }
    const behind = this.#tail.position - after.offset
    if (behind <= this.bounds.replayMax) return after
    const most = `at most ${this.bounds.replayMax} records are replayed`
    throw new Fault("CURSOR_TOO_OLD", `after: it is ${behind} records behind, ${most}: read the state first`)
  }

  /** Waits until this process has read what the log holds now. Throws VIEWS_BEHIND, LOG_UNAVAILABLE, the tail's fault. */
  async upToHead(deadline: number): Promise<void> {
    const { head } = await this.#log.bounds()
    await this.#tail.reachedBy(head, this.#clock, deadline, "expected offset")
  }

  /**
   * The events that pass a filter from a position on, each once and in the log's order, without end: those missed, then
   * live ones. With heartbeats also an empty notice at once, and whenever nothing else came for a while.
   * The stream throws TooSlow, OVERLOADED when too many replay the log, and the tail's fault.
   */
  follow(
    filter: EventFilter,
    from: EventPosition,
    { heartbeat = false, name = "unnamed" } = {},
  ): Stream<Notice> {
    return stream(signal => this.#counted(name, this.#follow(filter, from, heartbeat, signal)))
  }

  async *#counted(name: string, notices: AsyncGenerator<Notice, void>): AsyncGenerator<Notice, void> {
    const { open, delivered, ended } = this.figures
    add(open, name, 1)
    try {
      for await (const notice of notices) {
        add(delivered, name, 1)
        yield notice
      }
    } catch (error) {
      add(ended, isFault(error) ? error.code : "INTERNAL_SERVER_ERROR", 1)
      throw error
    } finally {
      add(open, name, -1)
    }
  }

  async *#follow(
    filter: EventFilter,
    from: EventPosition,
    heartbeat: boolean,
    signal: AbortSignal,
  ): AsyncGenerator<Notice, void> {
    if (heartbeat) yield { event: null, next: from }
    const replayed = this.#tail.buffer.covers(from.offset) ? from : yield* this.#replay(filter, from, signal)
    const cursor = new SubscriberCursor(filter, replayed)
    const wake = () => cursor.wake()
    this.#subscribers.add(cursor)
    signal.addEventListener("abort", wake, { once: true })
    try {
      yield* this.#live(cursor, heartbeat, signal)
    } finally {
      signal.removeEventListener("abort", wake)
      this.#subscribers.remove(cursor)
    }
  }

  /** Reads from the log until the buffer reaches back far enough. Returns the position where the buffer takes over. */
  async *#replay(
    filter: EventFilter,
    from: EventPosition,
    signal: AbortSignal,
  ): AsyncGenerator<Notice, EventPosition> {
    const release = await this.#readers.take(signal)
    if (release === null) return from
    const late = new AbortController()
    const reading = AbortSignal.any([signal, late.signal])
    let next = from
    try {
      for await (const { records } of older(this.#tail, this.#log, from.offset, reading)) {
        for (const record of records) {
          for (const event of eventsOf(record, filter, from)) {
            next = positionAfter(event)
            const taken = this.#clock.after(this.bounds.takeWithinMs, () => {
              late.abort()
              release()
            })
            yield { event, next }
            taken()
            if (late.signal.aborted)
              throw this.#tooSlow(`it took longer than ${this.bounds.takeWithinMs} ms`, next)
          }
          next = { offset: record.offset + 1, index: 0 }
        }
      }
      return next
    } finally {
      late.abort()
      release()
    }
  }

  async *#live(
    cursor: SubscriberCursor,
    heartbeat: boolean,
    signal: AbortSignal,
  ): AsyncGenerator<Notice, void> {
    const beat = new Heartbeat(this.#clock, this.bounds.heartbeatMs, () => cursor.wake())
    if (heartbeat) beat.start()
    let last = cursor.place
    let caughtUp = false
    try {
      while (!signal.aborted) {
        this.#assertFollowing(cursor, caughtUp, last)
        const taken = takeEvents(this.#tail, cursor.filter, cursor.place)
        cursor.took(taken)
        for (const event of taken.events) {
          last = positionAfter(event)
          yield { event, next: last }
        }
        if (!cursor.idle) {
          await turn(this.#clock)
          continue
        }
        caughtUp = true
        if (beat.isDue) {
          last = cursor.place
          yield { event: null, next: last }
          beat.start()
        }
        await this.#somethingNew(cursor, beat, signal)
      }
    } finally {
      beat.stop()
    }
  }

  async #somethingNew(cursor: SubscriberCursor, beat: Heartbeat, signal: AbortSignal): Promise<void> {
    while (cursor.idle && !beat.isDue && !signal.aborted && this.#tail.fault === null) await cursor.woken()
    // Nothing woke it up, so nothing before the tail's position passes its filter.
    if (cursor.idle) cursor.took({ next: { offset: this.#tail.position, index: 0 }, idle: true })
  }

  #assertFollowing({ place }: SubscriberCursor, caughtUp: boolean, last: EventPosition): void {
    if (this.#tail.fault !== null) throw this.#tail.fault
    const behind = this.#tail.position - place.offset
    const tooFar = caughtUp && behind > this.bounds.behindMax
    if (tooFar || !this.#tail.buffer.covers(place.offset))
      throw this.#tooSlow(`it is ${behind} records behind`, last)
  }

  #tooSlow(why: string, next: EventPosition): TooSlow {
    return new TooSlow(`the subscriber is too slow: ${why}; subscribe again after the cursor`, next)
  }
}

function counts(): Record<string, number> {
  return {}
}

function add(counted: Record<string, number>, name: string, by: number): void {
  counted[name] = (counted[name] ?? 0) + by
}
