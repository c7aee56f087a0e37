import { describe, expect, test } from "vitest"
import { Fault } from "../../src/ports/faults.js"
import { Tail, tailStart } from "../../src/tail/tail.js"
import { Chain } from "../log/support/judging.js"
import { genesisOf } from "../log/support/recordedLog.js"
import { granted, registered } from "../support/events.js"
import { faultOf } from "../support/fault.js"
import { TailWorld } from "./support/world.js"

const alice = "player/alice"

// Shows R16.
describe("the tail", () => {
  test("begins where the views are, or lagMax before the head, whichever is older", () => {
    expect(tailStart(genesisOf(100), 1000, 950)).toBe(900)
    expect(tailStart(genesisOf(100), 1000, 300)).toBe(300)
    expect(tailStart(genesisOf(100), 50, 20)).toBe(0)
  })

  test("judges existing and new records, each once and in order", async () => {
    const world = new TailWorld()
    const offsets: number[] = []
    const batches: number[] = []
    world.tail.listen({
      judged: ({ offset }) => offsets.push(offset),
      batchEnd: () => batches.push(world.tail.position),
    })

    world.tail.start()
    await world.append(new Chain().add([alice], [registered("alice")]).records)
    await world.append([Buffer.from("garbage")])

    expect(offsets).toEqual([0, 1, 2])
    expect(batches.at(-1)).toBe(3)
    expect([world.tail.position, world.tail.head]).toEqual([3, 3])
    expect(world.tail.buffer.record(1)?.verdict).toBe("effective")
  })

  test("begins in the middle with a warmed-up judge", async () => {
    const world = new TailWorld({ from: 3 })
    const chain = new Chain().add([alice], [registered("alice")]).add([alice], [granted("alice", 1)])
    await world.append(chain.addRival({ [alice]: null }).records)

    world.tail.start()
    await world.clock.run(0)

    expect(world.tail.buffer.from).toBe(3)
    expect(world.tail.buffer.record(3)?.verdict).toBe("superseded")
  })

  test("counts key time from where it began", async () => {
    const world = new TailWorld()
    world.tail.start()
    await world.append([Buffer.from("a")])
    await world.clock.run(300)
    await world.append([Buffer.from("b")])
    await world.clock.run(60_000)
    await world.append([Buffer.from("c")])

    expect(world.tail.keyTime).toBe(1300)
  })

  test("knows the head that was reported to others", () => {
    const { tail } = new TailWorld()

    tail.noteHead(70)
    tail.noteHead(60)

    expect(tail.head).toBe(70)
  })

  test("notifies listeners of a record before those who wait for its offset", async () => {
    const world = new TailWorld()
    const order: string[] = []
    world.tail.listen({ judged: ({ offset }) => order.push(`judged ${offset}`), batchEnd: () => {} })
    world.tail.start()
    void world.tail.reached(2).then(() => order.push("reached 2"))

    await world.append([Buffer.from("a")])

    expect(order).toEqual(["judged 0", "judged 1", "reached 2"])
  })

  test("no longer notifies a listener that has stopped listening", async () => {
    const world = new TailWorld()
    const offsets: number[] = []
    const stop = world.tail.listen({ judged: ({ offset }) => offsets.push(offset), batchEnd: () => {} })
    world.tail.start()
    await world.clock.run(0)

    stop()
    await world.append([Buffer.from("a")])

    expect(offsets).toEqual([0])
  })
})

describe("whoever waits for an offset", () => {
  test("goes on at once when the tail is there", async () => {
    const world = new TailWorld()
    world.tail.start()
    await world.clock.run(0)

    await expect(world.tail.reached(1)).resolves.toBeUndefined()
  })

  test("gets the fault when the log is cut", async () => {
    const world = new TailWorld()
    world.tail.start()
    await world.append([Buffer.from("a"), Buffer.from("b")])
    const waiting = faultOf(world.tail.reached(10))

    world.logServer.loseFrom(1)
    await world.clock.run(0)

    expect((await waiting).code).toBe("LOG_TRUNCATED")
    expect(world.tail.fault?.code).toBe("LOG_TRUNCATED")
    expect((await faultOf(world.tail.reached(0))).code).toBe("LOG_TRUNCATED")
  })

  test("gets the fault when the log is closed under the tail", async () => {
    const world = new TailWorld()
    const log = world.logServer.connect("another")
    const tail = new Tail({ log, genesis: world.genesis, from: 0 })
    tail.start()
    const waiting = faultOf(tail.reached(10))
    await world.clock.run(0)

    await log.close()

    expect((await waiting).code).toBe("LOG_UNAVAILABLE")
  })

  test("gets SHUTTING_DOWN when the tail is stopped", async () => {
    const world = new TailWorld()
    world.tail.start()
    const waiting = faultOf(world.tail.reached(10))

    await world.tail.stop()

    expect((await waiting).code).toBe("SHUTTING_DOWN")
  })

  test("gets the fault when somebody else found the log to be another one", async () => {
    const world = new TailWorld()
    world.tail.start()
    const waiting = faultOf(world.tail.reached(10))
    const fault = new Fault("LOG_TRUNCATED", "x")

    world.tail.fail(fault)
    await world.append([Buffer.from("a")])

    expect(await waiting).toBe(fault)
    expect(world.tail.position).toBe(0)
  })

  test("may give up, and then hears nothing", async () => {
    const world = new TailWorld()
    const giveUp = new AbortController()
    let settled = false
    const settle = () => {
      settled = true
    }
    world.tail.reached(10, giveUp.signal).then(settle, settle)

    giveUp.abort()
    await world.tail.stop()

    expect(settled).toBe(false)
  })
})
