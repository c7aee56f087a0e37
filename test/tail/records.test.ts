import { describe, expect, test } from "vitest"
import type { JudgedBatch } from "../../src/log/judged.js"
import { Fault } from "../../src/ports/faults.js"
import { recordsOf } from "../../src/tail/records.js"
import { Chain } from "../log/support/judging.js"
import { granted, registered } from "../support/events.js"
import { faultOf } from "../support/fault.js"
import { TailWorld } from "./support/world.js"

const alice = "player/alice"

/** A consumer beside the tail, on its own connection, and what it has taken so far. */
class Consumer {
  readonly offsets: number[] = []
  readonly abort = new AbortController()
  readonly ended: Promise<void>

  constructor({ tail, logServer }: TailWorld, from: number, each = async (_: JudgedBatch) => {}) {
    const log = logServer.connect("consumer")
    this.ended = this.#consume(recordsOf(tail, log, from, this.abort.signal), each)
  }

  async #consume(
    batches: AsyncIterable<JudgedBatch>,
    each: (batch: JudgedBatch) => Promise<void>,
  ): Promise<void> {
    for await (const batch of batches) {
      this.offsets.push(...batch.records.map(({ offset }) => offset))
      await each(batch)
    }
  }
}

function grants(count: number) {
  const chain = new Chain().add([alice], [registered("alice")])
  for (let n = 1; n < count; n++) chain.add([alice], [granted("alice", n)])
  return chain.records
}

describe("records beside a tail", () => {
  test("come from its buffer: the log is read once", async () => {
    const world = new TailWorld()
    world.tail.start()
    await world.append(grants(3))
    world.logServer.cut("consumer")

    const consumer = new Consumer(world, 0)
    await world.clock.run(0)
    await world.append([Buffer.from("garbage")])

    expect(consumer.offsets).toEqual([0, 1, 2, 3, 4])
  })

  test("come from the log where the buffer does not reach back, then from the buffer, each once", async () => {
    const world = new TailWorld({ from: 3 })
    world.tail.start()
    await world.append(grants(5))

    const consumer = new Consumer(world, 0)
    await world.clock.run(1000)
    world.logServer.cut("consumer")
    await world.append([Buffer.from("garbage")])

    expect(consumer.offsets).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  test("are not lost to a consumer that is slower than the buffer is long", async () => {
    const world = new TailWorld({ bufferBytesMax: 5000 })
    let open = () => {}
    const gate = new Promise<void>(resolve => {
      open = resolve
    })
    world.tail.start()
    await world.append(grants(2))
    const consumer = new Consumer(world, 0, () => gate)
    await world.clock.run(0)

    await world.append(Array.from({ length: 20 }, () => Buffer.from("garbage")))
    expect(world.tail.buffer.from).toBeGreaterThan(3)
    open()
    await world.clock.run(1000)

    expect(consumer.offsets).toEqual(Array.from({ length: 23 }, (_, offset) => offset))
  })

  test("end when the consumer stops, even while it waits", async () => {
    const world = new TailWorld()
    world.tail.start()
    await world.append([])
    const consumer = new Consumer(world, 0)
    await world.clock.run(0)

    consumer.abort.abort()

    await expect(consumer.ended).resolves.toBeUndefined()
  })

  test("end with the tail's fault", async () => {
    const world = new TailWorld()
    world.tail.start()
    await world.append([])
    const consumer = new Consumer(world, 0)
    await world.clock.run(0)

    world.tail.fail(new Fault("LOG_TRUNCATED", "it is not what it was"))

    expect(await faultOf(consumer.ended)).toMatchObject({ code: "LOG_TRUNCATED" })
  })
})
