import { describe, expect, test } from "vitest"
import { playerAggregate } from "../../src/domain/aggregates.js"
import type { Stream } from "../../src/lib/stream.js"
import { Fault } from "../../src/ports/faults.js"
import type { EventFilter, EventPosition } from "../../src/tail/eventFilter.js"
import { type FeedBounds, type Notice, TooSlow } from "../../src/tail/feed.js"
import { Chain } from "../log/support/judging.js"
import { bought, granted, registered } from "../support/events.js"
import { faultOf } from "../support/fault.js"
import { TailWorld } from "./support/world.js"

const alice = "player/alice"
const bob = "player/bob"

const everything: EventFilter = { aggregate: null, matches: () => true }
const purchases: EventFilter = { aggregate: null, matches: ({ event }) => event.type === "SwordBought" }
const ofBob: EventFilter = { aggregate: playerAggregate("bob"), matches: () => true }

const START: EventPosition = { offset: 0, index: 0 }

interface WorldOptions {
  readonly bounds?: Partial<FeedBounds>
  readonly bufferBytesMax?: number
  readonly from?: number
}

class FeedWorld extends TailWorld {
  constructor({ bounds = {}, ...options }: WorldOptions = {}) {
    super({ ...options, feedBounds: bounds })
    this.tail.start()
  }

  subscribe(topic: EventFilter, from: EventPosition = START, options = {}): Subscriber {
    return new Subscriber(this.feed.follow(topic, from, options))
  }
}

/** Takes all that comes, unless it is paused, and keeps what it got. */
class Subscriber {
  readonly notices: Notice[] = []
  readonly ended: Promise<unknown>
  #gate: Promise<void> = Promise.resolve()
  #open: () => void = () => {}
  readonly #stream: Stream<Notice>

  constructor(stream: Stream<Notice>) {
    this.#stream = stream
    this.ended = this.#take().then(
      () => "ended",
      (error: unknown) => error,
    )
  }

  /** `<offset>-<index>` of the events, `beat <offset>.<index>` of heartbeats. */
  get got(): string[] {
    return this.notices.map(({ event, next }) => event?.id ?? `beat ${next.offset}.${next.index}`)
  }

  hold(): void {
    this.#gate = new Promise(resolve => {
      this.#open = resolve
    })
  }

  goOn(): void {
    this.#open()
  }

  cancel(): Promise<unknown> {
    return this.#stream.return()
  }

  async #take(): Promise<void> {
    for await (const notice of this.#stream) {
      this.notices.push(notice)
      await this.#gate
    }
  }
}

/** Offset 1 registers alice, 2 bob, then each buys in turn. */
function market(count: number) {
  const chain = new Chain().add([alice], [registered("alice")]).add([bob], [registered("bob")])
  for (let n = 0; n < count; n++) {
    const player = n % 2 === 0 ? "alice" : "bob"
    chain.add([`player/${player}`], [bought(player, "dagger", 1)])
  }
  return chain.records
}

describe("a subscriber", () => {
  test("gets the events from its position on, each once, in the log's order, then live", async () => {
    const world = new FeedWorld()
    const records = market(4)
    await world.append(records.slice(0, 4))

    const subscriber = world.subscribe(everything)
    await world.clock.run(0)
    expect(subscriber.got).toEqual(["1-0", "2-0", "3-0", "4-0"])
    await world.append(records.slice(4))

    expect(subscriber.got).toEqual(["1-0", "2-0", "3-0", "4-0", "5-0", "6-0"])
  })

  test("begins within a commit when its position says so", async () => {
    const world = new FeedWorld()
    const events = [registered("alice"), granted("alice", 1), granted("alice", 2)]
    await world.append(new Chain().add([alice], events).records)

    const subscriber = world.subscribe(everything, { offset: 1, index: 1 })
    await world.clock.run(0)

    expect(subscriber.got).toEqual(["1-1", "1-2"])
    expect(subscriber.notices.map(({ next }) => next)).toEqual([
      { offset: 1, index: 2 },
      { offset: 1, index: 3 },
    ])
  })

  test("gets nothing of a commit that is void", async () => {
    const world = new FeedWorld()
    const chain = new Chain()
      .add([alice], [registered("alice")])
      .addRival({ [alice]: null }, [registered("alice")])
    await world.append(chain.addGarbage().records)

    const subscriber = world.subscribe(everything)
    await world.clock.run(0)

    expect(subscriber.got).toEqual(["1-0"])
  })

  test("gets only what passes its filter", async () => {
    const world = new FeedWorld()
    const ofOne = world.subscribe(ofBob)
    const ofAll = world.subscribe(purchases)
    await world.clock.run(0)

    await world.append(market(3))

    expect(ofOne.got).toEqual(["2-0", "4-0"])
    expect(ofAll.got).toEqual(["3-0", "4-0", "5-0"])
  })

  test("ends at once when it cancels while it waits, and is forgotten", async () => {
    const world = new FeedWorld()
    const subscriber = world.subscribe(everything)
    await world.clock.run(0)
    expect(world.feed.size).toBe(1)

    await world.clock.runFor(subscriber.cancel())

    expect(await subscriber.ended).toBe("ended")
    expect(world.feed.size).toBe(0)
  })

  test("ends with the tail's fault", async () => {
    const world = new FeedWorld()
    const subscriber = world.subscribe(everything)
    await world.clock.run(0)

    world.tail.fail(new Fault("LOG_TRUNCATED", "cut"))

    expect(await faultOf(Promise.reject(await subscriber.ended))).toMatchObject({ code: "LOG_TRUNCATED" })
  })
})

describe("what the buffer no longer holds", () => {
  const small = { bufferBytesMax: 8000 }

  test("is replayed from the log, and continues from the buffer without gap or duplicate", async () => {
    const world = new FeedWorld(small)
    await world.append(market(40))
    expect(world.tail.buffer.from).toBeGreaterThan(10)

    const subscriber = world.subscribe(purchases)
    await world.clock.run(1000)
    await world.append(new Chain().add(["player/carol"], [registered("carol")]).records)

    expect(subscriber.got).toEqual(Array.from({ length: 40 }, (_, n) => `${n + 3}-0`))
  })

  test("is replayed for a bounded number of subscribers at a time, while the others queue", async () => {
    const world = new FeedWorld({ ...small, bounds: { readersMax: 1, waitingMax: 1 } })
    await world.append(market(40))
    const first = world.subscribe(purchases)
    first.hold()
    await world.clock.run(100)
    const second = world.subscribe(purchases)
    const third = world.subscribe(purchases)
    await world.clock.run(100)

    expect(await third.ended).toMatchObject({ code: "OVERLOADED", retryable: true })
    expect(second.got).toEqual([])
    first.goOn()
    await world.clock.run(1000)

    expect(second.got).toHaveLength(40)
  })

  test("is not replayed for a subscriber that takes nothing: it ends with its last position, and another gets its turn", async () => {
    const world = new FeedWorld({ ...small, bounds: { readersMax: 1, takeWithinMs: 500 } })
    await world.append(market(40))
    const slow = world.subscribe(purchases)
    slow.hold()
    await world.clock.run(100)
    const other = world.subscribe(purchases)

    await world.clock.run(1000)
    expect(other.got).toHaveLength(40)
    slow.goOn()
    const error = await world.clock.runFor(slow.ended)

    expect(error).toBeInstanceOf(TooSlow)
    expect(error).toMatchObject({ code: "SUBSCRIBER_TOO_SLOW", next: { offset: 3, index: 1 } })
  })

  test("does not wait in the queue longer than its subscriber does", async () => {
    const world = new FeedWorld({ ...small, bounds: { readersMax: 1 } })
    await world.append(market(40))
    const first = world.subscribe(purchases)
    first.hold()
    await world.clock.run(100)
    const second = world.subscribe(purchases)
    await world.clock.run(100)

    await world.clock.runFor(second.cancel())

    expect(await second.ended).toBe("ended")
    expect(world.feed.size).toBe(1)
  })
})

describe("a slow subscriber", () => {
  test("that had caught up ends when it is too many records behind, with the position after the last event it got", async () => {
    const world = new FeedWorld({ bounds: { behindMax: 10 } })
    const records = market(100)
    const slow = world.subscribe(purchases)
    const quick = world.subscribe(purchases)
    await world.append(records.slice(0, 3))
    slow.hold()
    await world.append(records.slice(3, 4))

    for (const record of records.slice(4)) await world.append([record])
    slow.goOn()
    const error = await world.clock.runFor(slow.ended)

    expect(error).toMatchObject({ code: "SUBSCRIBER_TOO_SLOW", next: { offset: 4, index: 1 } })
    expect(quick.got).toHaveLength(100)
    const again = world.subscribe(purchases, (error as TooSlow).next)
    await world.clock.run(100)
    expect([...slow.got, ...again.got]).toEqual(quick.got)
  })

  test("may be further behind while it catches up", async () => {
    const world = new FeedWorld({ bounds: { behindMax: 10 } })
    await world.append(market(300))

    const subscriber = world.subscribe(purchases)
    await world.clock.run(100)

    expect(subscriber.got).toHaveLength(300)
  })

  test("that wants none of the new events is not behind", async () => {
    const world = new FeedWorld({ bounds: { behindMax: 10 }, bufferBytesMax: 8000 })
    const records = market(100)
    const nobody: EventFilter = { aggregate: playerAggregate("nobody"), matches: () => true }
    const quiet = world.subscribe(nobody, START, { heartbeat: true })
    await world.append(records)

    await world.clock.run(25_000)

    expect(quiet.got).toEqual(["beat 0.0", "beat 103.0", "beat 103.0"])
    await world.clock.runFor(quiet.cancel())
    expect(await quiet.ended).toBe("ended")
  })
})

describe("a heartbeat", () => {
  test("comes at once, and whenever nothing else came for a while", async () => {
    const world = new FeedWorld({ bounds: { heartbeatMs: 10_000 } })
    const records = market(2)
    const subscriber = world.subscribe(everything, START, { heartbeat: true })
    await world.clock.run(0)
    expect(subscriber.got).toEqual(["beat 0.0"])

    await world.append(records)
    await world.clock.run(10_000)

    expect(subscriber.got).toEqual(["beat 0.0", "1-0", "2-0", "3-0", "4-0", "beat 5.0"])
  })

  test("does not come to a subscriber that did not ask for it", async () => {
    const world = new FeedWorld()
    const subscriber = world.subscribe(everything)

    await world.clock.run(60_000)

    expect(subscriber.got).toEqual([])
  })
})

describe("where a subscriber begins", () => {
  const soon = (world: FeedWorld) => world.clock.now() + 1000

  test("is now, when it gives no position", async () => {
    const world = new FeedWorld()
    await world.append(market(1))

    expect(await world.feed.begin(null, soon(world))).toEqual({ offset: 4, index: 0 })
  })

  test("is its position, once this process has read that far", async () => {
    const world = new FeedWorld()
    await world.append(market(1))
    world.holdTail()
    await world.append([Buffer.from("garbage")])
    const place = { offset: 4, index: 1 }
    const begun = world.feed.begin(place, soon(world))
    await world.clock.run(100)

    world.goOn()

    expect(await world.clock.runFor(begun)).toEqual(place)
  })

  test("is VIEWS_BEHIND when this process does not get there in time", async () => {
    const world = new FeedWorld()
    await world.append(market(1))
    world.holdTail()
    await world.append([Buffer.from("garbage")])

    const fault = faultOf(world.feed.begin({ offset: 4, index: 1 }, soon(world)))

    expect(await world.clock.runFor(fault)).toMatchObject({ code: "VIEWS_BEHIND" })
    expect(world.tail.waiting).toBe(0)
  })

  test.each([
    [{ offset: 5, index: 0 }],
    [{ offset: 4, index: 1 }],
    [{ offset: 999_999_999_999_999, index: 0 }],
  ])("is BAD_USER_INPUT beyond the log's end: %j", async place => {
    const world = new FeedWorld()
    await world.append(market(1))

    const fault = faultOf(world.feed.begin(place, soon(world)))

    expect(await world.clock.runFor(fault)).toMatchObject({ code: "BAD_USER_INPUT" })
  })

  test("is CURSOR_TOO_OLD too far back", async () => {
    const world = new FeedWorld({ bounds: { replayMax: 10 } })
    await world.append(market(10))

    expect(await world.feed.begin({ offset: 3, index: 0 }, soon(world))).toEqual({ offset: 3, index: 0 })
    expect(await faultOf(world.feed.begin({ offset: 2, index: 5 }, soon(world)))).toMatchObject({
      code: "CURSOR_TOO_OLD",
      retryable: false,
    })
  })
})

test("the feed counts subscribers and notices by name, and faults by code", async () => {
  const world = new FeedWorld({ bounds: { behindMax: 3 } })
  const records = market(20)
  const slow = new Subscriber(world.feed.follow(purchases, START, { name: "purchases" }))
  const quick = new Subscriber(world.feed.follow(ofBob, START, { name: "playerChanged" }))
  await world.append(records.slice(0, 3))
  slow.hold()
  for (const record of records.slice(3)) await world.append([record])
  expect(world.feed.figures.open).toEqual({ purchases: 1, playerChanged: 1 })

  slow.goOn()
  await world.clock.runFor(slow.ended)
  await world.clock.runFor(quick.cancel())

  expect(world.feed.figures).toEqual({
    open: { purchases: 0, playerChanged: 0 },
    delivered: { purchases: slow.got.length, playerChanged: quick.got.length },
    ended: { SUBSCRIBER_TOO_SLOW: 1 },
  })
})
