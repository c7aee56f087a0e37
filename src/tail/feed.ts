import type { Aggregate } from "../domain/aggregates.js"
import type { Clock } from "../lib/clock.js"
import { before } from "../lib/deadline.js"
import { Semaphore } from "../lib/semaphore.js"
import { type Stream, stream } from "../lib/stream.js"
import type { Judged } from "../log/judged.js"
import { Fault, isFault } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import {
  type EventFilter,
  type EventPosition,
  eventsOf,
  type PositionedEvent,
  positionAfter,
  positionedEvents,
} from "./eventFilter.js"
import { older } from "./records.js"
import { SubscriberCursor, takeEvents } from "./subscriberCursor.js"
import type { Tail } from "./tail.js"

export interface FeedBounds {
  /** A subscriber that had caught up may be so many records behind the tail: seconds of full load. */
  readonly behindMax: number
  /** How far back of the tail a subscriber may begin, in records: seconds of reading. */
  readonly replayMax: number
  /** So many subscribers at a time read the log by themselves, so many wait for it. */
  readonly readersMax: number
  readonly waitingMax: number
  /** A subscriber that reads the log by itself takes each event within this, in milliseconds. */
  readonly takeWithinMs: number
  /** Between two heartbeats, in milliseconds. */
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
  /** Where to go on after it. */
  readonly next: EventPosition
}

/** The subscriber has fallen behind; it can go on from `next` again. */
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
 * Feeds subscribers from the tail. Each pulls what it wants from the tail's buffer, so there are no queues beside it: who
 * is slow holds nothing, and slows nobody. What the buffer no longer holds is replayed from the log.
 */
export class Feed {
  readonly bounds: FeedBounds
  /** Subscribers, and notices since the start, by the subscription's name; subscribers ended by a fault, by its code. */
  readonly figures = { open: counts(), told: counts(), ended: counts() } as const
  readonly #tail: Tail
  readonly #log: Log
  readonly #clock: Clock
  readonly #readers: Semaphore
  readonly #followers = new Set<SubscriberCursor>()
  readonly #ofAny = new Set<SubscriberCursor>()
  readonly #ofAggregate = new Map<Aggregate, Set<SubscriberCursor>>()
  #noted: SubscriberCursor[] = []

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
    tail.listen({ judged: record => this.#judged(record), batchEnd: () => this.#batchEnd() })
  }

  /** How many subscribers there are. */
  get size(): number {
    return Object.values(this.figures.open).reduce((sum, open) => sum + open, 0)
  }

  /**
   * Where a subscriber begins: at a place that it was given, or now. Waits until this process has read so far.
   * Throws BAD_USER_INPUT for a place beyond the log's end, CURSOR_TOO_OLD for one too far back, VIEWS_BEHIND at the
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
      await this.#reached(offset, deadline)
    }
    const behind = this.#tail.position - after.offset
    if (behind <= this.bounds.replayMax) return after
    const most = `at most ${this.bounds.replayMax} records are replayed`
    throw new Fault("CURSOR_TOO_OLD", `after: it is ${behind} records behind, ${most}: read the state first`)
  }

  /** Waits until this process has read what the log holds now. Throws VIEWS_BEHIND, LOG_UNAVAILABLE, the tail's fault. */
  async upToHead(deadline: number): Promise<void> {
    const { head } = await this.#log.bounds()
    await this.#reached(head, deadline)
  }

  /**
   * The events of a topic from a place on, each once and in the log's order, without end: what was missed, then live.
   * With heartbeats also an empty notice at once, and whenever nothing else came for a while.
   * The stream throws TooSlow, OVERLOADED when too many replay the log, and the tail's fault.
   */
  follow(
    topic: EventFilter,
    from: EventPosition,
    { heartbeat = false, name = "unnamed" } = {},
  ): Stream<Notice> {
    return stream(signal => this.#counted(name, this.#follow(topic, from, heartbeat, signal)))
  }

  async *#counted(name: string, notices: AsyncGenerator<Notice, void>): AsyncGenerator<Notice, void> {
    const { open, told, ended } = this.figures
    add(open, name, 1)
    try {
      for await (const notice of notices) {
        add(told, name, 1)
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
    topic: EventFilter,
    from: EventPosition,
    heartbeat: boolean,
    signal: AbortSignal,
  ): AsyncGenerator<Notice, void> {
    if (heartbeat) yield { event: null, next: from }
    const replayed = this.#tail.buffer.covers(from.offset) ? from : yield* this.#replay(topic, from, signal)
    const follower = new SubscriberCursor(topic, replayed)
    const wake = () => follower.wake()
    this.#add(follower)
    signal.addEventListener("abort", wake, { once: true })
    try {
      yield* this.#live(follower, heartbeat, signal)
    } finally {
      signal.removeEventListener("abort", wake)
      this.#remove(follower)
    }
  }

  /** From the log, until the buffer reaches back. Returns where it does. */
  async *#replay(
    topic: EventFilter,
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
          for (const event of eventsOf(record, topic, from)) {
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
    follower: SubscriberCursor,
    heartbeat: boolean,
    signal: AbortSignal,
  ): AsyncGenerator<Notice, void> {
    const beat = new Beat(this.#clock, this.bounds.heartbeatMs, () => follower.wake())
    if (heartbeat) beat.start()
    let last = follower.place
    let caughtUp = false
    try {
      while (!signal.aborted) {
        this.#assertFollowing(follower, caughtUp, last)
        const taken = takeEvents(this.#tail, follower.topic, follower.place)
        follower.took(taken)
        for (const event of taken.events) {
          last = positionAfter(event)
          yield { event, next: last }
        }
        if (!follower.idle) {
          await this.#turn()
          continue
        }
        caughtUp = true
        if (beat.isDue) {
          last = follower.place
          yield { event: null, next: last }
          beat.start()
        }
        await this.#somethingNew(follower, beat, signal)
      }
    } finally {
      beat.stop()
    }
  }

  async #somethingNew(follower: SubscriberCursor, beat: Beat, signal: AbortSignal): Promise<void> {
    while (follower.idle && !beat.isDue && !signal.aborted && this.#tail.fault === null)
      await follower.woken()
    // What it was not told of, it does not want.
    if (follower.idle) follower.took({ next: { offset: this.#tail.position, index: 0 }, idle: true })
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

  async #reached(offset: number, deadline: number): Promise<void> {
    const giveUp = new AbortController()
    const late = () =>
      new Fault("VIEWS_BEHIND", `expected offset ${offset}, this process has read to ${this.#tail.position}`)
    const reached = this.#tail.reached(offset, giveUp.signal)
    await before(this.#clock, deadline, reached, late).finally(() => giveUp.abort())
  }

  #turn(): Promise<void> {
    return new Promise(resolve => this.#clock.soon(resolve))
  }

  #add(follower: SubscriberCursor): void {
    this.#followers.add(follower)
    const { aggregate } = follower.topic
    if (aggregate === null) {
      this.#ofAny.add(follower)
      return
    }
    const others = this.#ofAggregate.get(aggregate)
    if (others === undefined) this.#ofAggregate.set(aggregate, new Set([follower]))
    else others.add(follower)
  }

  #remove(follower: SubscriberCursor): void {
    this.#followers.delete(follower)
    this.#ofAny.delete(follower)
    const { aggregate } = follower.topic
    if (aggregate === null) return
    const others = this.#ofAggregate.get(aggregate)
    others?.delete(follower)
    if (others?.size === 0) this.#ofAggregate.delete(aggregate)
  }

  #judged(record: Judged): void {
    if (this.#followers.size === 0 || record.effect?.kind !== "events") return
    const events = positionedEvents(record)
    for (const follower of this.#ofAny) this.#note(follower, record, events)
    for (const aggregate of record.effect.byAggregate.keys()) {
      for (const follower of this.#ofAggregate.get(aggregate) ?? []) this.#note(follower, record, events)
    }
  }

  #note(follower: SubscriberCursor, record: Judged, events: readonly PositionedEvent[]): void {
    if (follower.note(record, events)) this.#noted.push(follower)
  }

  #batchEnd(): void {
    const woken = this.#tail.fault === null ? this.#noted : this.#followers
    this.#noted = []
    for (const follower of woken) follower.wake()
  }
}

function counts(): Record<string, number> {
  return {}
}

function add(counted: Record<string, number>, name: string, by: number): void {
  counted[name] = (counted[name] ?? 0) + by
}

/** When the next heartbeat is due. */
class Beat {
  readonly #clock: Clock
  readonly #everyMs: number
  readonly #due: () => void
  #isDue = false
  #cancel: () => void = () => {}

  constructor(clock: Clock, everyMs: number, due: () => void) {
    this.#clock = clock
    this.#everyMs = everyMs
    this.#due = due
  }

  get isDue(): boolean {
    return this.#isDue
  }

  start(): void {
    this.#isDue = false
    this.#cancel = this.#clock.after(this.#everyMs, () => {
      this.#isDue = true
      this.#due()
    })
  }

  stop(): void {
    this.#cancel()
  }
}
