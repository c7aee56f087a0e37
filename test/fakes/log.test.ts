import { describe, expect, test } from "vitest"
import { systemClock } from "../../src/adapters/system/clock.js"
import { isFault } from "../../src/ports/faults.js"
import type { Log, LogRecord } from "../../src/ports/log.js"
import { logContract, range, record, take, texts } from "../contract/log.js"
import { FakeClock, seeded } from "./clock.js"
import type { FakeLog } from "./log.js"
import { type FakeLogFaults, FakeLogServer } from "./logServer.js"

logContract("the fake without faults, at once and on the machine's clock,", async () => {
  const server = new FakeLogServer({ clock: systemClock, random: seeded(1) })
  return {
    log: server.connect("a"),
    connect: async () => server.connect("b"),
    reopen: async () => server.connect("c"),
    cleanup: async () => {},
  }
})

logContract("the fake with latencies on virtual time", async () => {
  const clock = new FakeClock()
  const faults = { appendMs: [1, 20], readMs: [0, 30], boundsMs: [0, 5], smallBatch: 0.5 } as const
  const server = new FakeLogServer({ clock, random: seeded(2), faults })
  let isOver = false
  const passing = (async () => {
    while (!isOver) await clock.run(10)
  })()
  return {
    log: server.connect("a"),
    connect: async () => server.connect("b"),
    reopen: async () => server.connect("c"),
    now: () => clock.now(),
    cleanup: async () => {
      isOver = true
      await passing
    },
  }
})

interface World {
  readonly clock: FakeClock
  readonly server: FakeLogServer
  readonly log: FakeLog
}

function world(faults: Partial<FakeLogFaults> = {}, seed = 7): World {
  const clock = new FakeClock()
  const server = new FakeLogServer({ clock, random: seeded(seed), faults })
  return { clock, server, log: server.connect("a") }
}

/** `done`, or the code of its fault, once virtual time has advanced that far. */
async function outcome({ clock }: World, call: Promise<unknown>): Promise<string> {
  const code = call.then(
    () => "done",
    (error: unknown) => (isFault(error) ? error.code : String(error)),
  )
  return clock.runFor(code)
}

describe("an append whose", () => {
  test("reply is lost is stored, and its outcome unknown", async () => {
    const one = world({ replyLost: 1 })

    expect(await outcome(one, one.log.append([record("one")]))).toBe("OUTCOME_UNKNOWN")

    expect(texts(one.server.records)).toEqual(["one"])
  })

  test("request is lost is not stored: its caller gets that as an error, or no answer", async () => {
    const one = world({ lost: 1 })
    const outcomes = new Set<string>()

    for (const at of range(0, 20)) outcomes.add(await outcome(one, one.log.append([record(`${at}`)])))

    expect([...outcomes].sort()).toEqual(["LOG_UNAVAILABLE", "OUTCOME_UNKNOWN"])
    expect(one.server.records).toEqual([])
  })

  test("send is late lands behind those that were sent after its caller gave up", async () => {
    const one = world({ late: 1, lateMs: [5_000, 5_000] })

    expect(await outcome(one, one.log.append([record("late")]))).toBe("OUTCOME_UNKNOWN")
    one.server.faults = { ...one.server.faults, late: 0 }
    expect(await outcome(one, one.log.append([record("after")]))).toBe("done")
    await one.clock.run(10_000)

    expect(texts(one.server.records)).toEqual(["after", "late"])
  })

  test("send is doubled is stored twice, the copy later", async () => {
    const one = world({ doubled: 1, doubledMs: [100, 100] })

    await outcome(one, one.log.append([record("one"), record("two")]))
    one.server.faults = { ...one.server.faults, doubled: 0 }
    await outcome(one, one.log.append([record("three")]))
    await one.clock.run(1_000)

    expect(texts(one.server.records)).toEqual(["one", "two", "three", "one", "two"])
  })

  test("send is partial is stored up to some record, and its outcome unknown", async () => {
    const lengths = new Set<number>()

    for (const seed of range(0, 30)) {
      const one = world({ partial: 1 }, seed)
      const sent = ["one", "two", "three"]
      expect(await outcome(one, one.log.append(sent.map(record)))).toBe("OUTCOME_UNKNOWN")
      expect(sent.slice(0, 2)).toEqual(expect.arrayContaining(texts(one.server.records)))
      lengths.add(one.server.records.length)
    }

    expect([...lengths].sort()).toEqual([0, 1, 2])
  })

  test("latency is drawn takes that long there and back", async () => {
    const one = world({ appendMs: [30, 40] })
    const before = one.clock.now()

    await outcome(one, one.log.append([record("one")]))

    expect(one.clock.now() - before).toBeGreaterThanOrEqual(60)
    expect(one.clock.now() - before).toBeLessThanOrEqual(80)
    expect((one.server.records[0]?.at ?? 0) - before).toBeLessThanOrEqual(40)
  })

  test("caller closes the log first has an unknown outcome", async () => {
    const one = world({ appendMs: [30, 30] })
    const appended = outcome(one, one.log.append([record("one")]))

    await one.log.close()

    expect(await appended).toBe("OUTCOME_UNKNOWN")
  })
})

describe("what else is in the log", () => {
  test("holes are offsets without bytes", async () => {
    const one = world({ hole: 1 })

    await outcome(one, one.log.append([record("one")]))

    expect(texts(await takeIn(one, one.log, 0, 2))).toEqual(["", "one"])
  })

  test("garbage is somebody else's bytes", async () => {
    const one = world({ garbage: 1 })

    await outcome(one, one.log.append([record("one")]))

    const [garbage, own] = one.server.records
    expect(garbage?.bytes.length).toBeGreaterThan(0)
    expect(texts(own === undefined ? [] : [own])).toEqual(["one"])
  })

  test("append times leap ahead and step back with the log's clock", async () => {
    const one = world({ clockJump: 0.5, clockJumpMs: [3_600_000, 3_600_000] })

    for (const at of range(0, 40)) await outcome(one, one.log.append([record(`${at}`)]))

    const times = one.server.records.map(({ at }) => at)
    const steps = times.slice(1).map((at, index) => at - (times[index] ?? 0))
    expect(Math.max(...steps)).toBeGreaterThan(3_000_000)
    expect(Math.min(...steps)).toBeLessThan(-3_000_000)
  })
})

describe("an outage", () => {
  test("fails appends and bounds, and reads survive it", async () => {
    const one = world()
    const reading = take(one.log, 0, 1)
    one.server.goDown()

    expect(await outcome(one, one.log.append([record("one")]))).toBe("LOG_UNAVAILABLE")
    expect(await outcome(one, one.log.bounds())).toBe("LOG_UNAVAILABLE")
    expect(one.server.records).toEqual([])

    one.server.comeBack()
    await outcome(one, one.log.append([record("two")]))
    expect(texts(await reading)).toEqual(["two"])
  })

  test("that begins after the append arrived leaves its outcome unknown", async () => {
    const one = world({ appendMs: [10, 10] })
    const appended = outcome(one, one.log.append([record("one")]))
    one.clock.after(15, () => one.server.goDown())

    expect(await appended).toBe("OUTCOME_UNKNOWN")
    expect(texts(one.server.records)).toEqual(["one"])
  })

  test("may be one process's own", async () => {
    const one = world()
    const other = one.server.connect("b")
    one.server.cut("a")

    expect(await outcome(one, one.log.append([record("a")]))).toBe("LOG_UNAVAILABLE")
    expect(await outcome(one, other.append([record("b")]))).toBe("done")

    one.server.heal("a")
    expect(texts(await takeIn(one, one.log, 0, 1))).toEqual(["b"])
  })

  test("in which acknowledged records are lost is LOG_TRUNCATED for readers that have read them", async () => {
    const one = world()
    await outcome(one, one.log.append([record("one"), record("two")]))
    const reading = take(one.log, 0, 3).catch(error => error)
    await one.clock.run(10)

    one.server.loseFrom(1)

    expect(isFault(await reading, "LOG_TRUNCATED")).toBe(true)
  })
})

describe("a process", () => {
  test("that is paused sends and hears nothing; what it had sent goes on", async () => {
    const one = world({ appendMs: [10, 10] })
    const heard: string[] = []
    const hear = (name: string) => () => heard.push(name)
    void one.log.append([record("sent before")]).then(hear("answer"))
    void take(one.log, 0, 1).then(hear("record"))

    one.log.process.pause()
    void one.log.append([record("sent while paused")]).then(hear("second answer"))
    await one.clock.run(1_000)

    expect(texts(one.server.records)).toEqual(["sent before"])
    expect(heard).toEqual([])

    one.log.process.resume()
    await one.clock.run(1_000)
    expect(texts(one.server.records)).toEqual(["sent before", "sent while paused"])
    expect(heard.sort()).toEqual(["answer", "record", "second answer"])
  })

  test("that is dead hears nothing any more, but what it had sent lands", async () => {
    const one = world({ appendMs: [10, 10] })
    let heard = 0
    void one.log.append([record("its last")]).finally(() => heard++)

    one.log.process.kill()
    await one.clock.run(60_000)

    expect(texts(one.server.records)).toEqual(["its last"])
    expect(heard).toBe(0)
  })
})

test("the same seed gives the same log, another one another", async () => {
  const run = async (seed: number): Promise<LogRecord[]> => {
    const everything = { lost: 0.1, replyLost: 0.1, late: 0.1, doubled: 0.2, partial: 0.1, hole: 0.1 }
    const spans = { appendMs: [1, 50], garbage: 0.1, clockJump: 0.1 } as const
    const one = world({ ...everything, ...spans }, seed)
    const writers = ["a", "b", "c"].map(name => write(one.server.connect(name), name))
    await one.clock.runFor(Promise.all(writers))
    return [...one.server.records]
  }

  expect(await run(3)).toEqual(await run(3))
  expect(await run(3)).not.toEqual(await run(4))
})

async function write(log: Log, name: string): Promise<void> {
  for (const at of range(0, 30)) await log.append([record(`${name} ${at}`)]).catch(() => {})
}

function takeIn({ clock }: World, log: Log, from: number, count: number): Promise<LogRecord[]> {
  return clock.runFor(take(log, from, count))
}
