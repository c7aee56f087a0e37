import { describe, expect, test } from "vitest"
import { Flights } from "../../src/commands/flights.js"
import { Groups } from "../../src/commands/groups.js"
import type { Lane } from "../../src/commands/lane.js"
import type { Pending } from "../../src/commands/pending.js"
import type { CommandRequest } from "../../src/commands/request.js"
import { newStats } from "../../src/commands/stats.js"
import { playerAggregate } from "../../src/domain/aggregates.js"
import { decode, encodeCommit } from "../../src/log/codec.js"
import type { Commit } from "../../src/log/commit.js"
import type { Log } from "../../src/ports/log.js"
import { Tail } from "../../src/tail/tail.js"
import { grant, register } from "../domain/support/requests.js"
import { FakeClock, seeded } from "../fakes/clock.js"
import { FakeLogServer } from "../fakes/logServer.js"
import { genesisOf, recordsOf } from "../log/support/recordedLog.js"
import { registered } from "../support/events.js"
import { faultOf } from "../support/fault.js"
import { Queues } from "./support/pendings.js"
import { ScriptedLog } from "./support/scriptedLog.js"

const LAG_MAX = 10
const alice = playerAggregate("alice")
const bob = playerAggregate("bob")

describe("a commit that leaves", () => {
  test("names every aggregate of its commands with its link, and what was read", async () => {
    const { board, sent, queues, tail } = await desk()
    queues.given(alice, registered("alice"))
    // Told, and not read.
    tail.told(5)

    await board(grant("alice", 5))

    expect(sent()).toMatchObject([
      {
        id: "id-1",
        seen: 1,
        on: { "player/alice": "before" },
        commands: [{ id: "alice/made-0", events: [{ type: "GoldGranted" }] }],
      },
    ])
  })

  test("blocks its aggregates until its verdict is read", async () => {
    const { board, queues, server, clock } = await desk()
    server.cut("tail")

    await board(register("alice"))
    expect(queues.lanes.get(alice).inFlight).toBe("id-1")
    server.heal("tail")
    await clock.run(0)

    expect(queues.lanes.get(alice).inFlight).toBeNull()
  })

  test("counts those of its commands that are not answered as in flight", async () => {
    const { board, flights, server } = await desk()
    server.cut("tail")
    const pending = await board(register("alice"))
    expect([flights.count, flights.commands()]).toEqual([1, 1])

    pending.fail(pending.lateFault())

    expect((await faultOf(pending.outcome)).code).toBe("OUTCOME_UNKNOWN")
    expect([flights.count, flights.commands()]).toEqual([1, 0])
  })

  test("answers its commands once it is effective, with their events and states", async () => {
    const { board, stats } = await desk()

    const pending = await board(register("alice"))

    const outcome = await pending.outcome
    expect(outcome).toMatchObject({ position: 2, replayed: false, events: [{ id: "1-0" }] })
    expect(outcome.states.get(alice)).toMatchObject({ gold: 1000 })
    expect(stats).toMatchObject({ verdicts: { effective: 1, superseded: 0 }, retries: 0 })
  })
})

describe("a commit that lost", () => {
  test("answers nobody: its commands are at the heads of their queues again", async () => {
    const { board, queues, stats, rival, server, clock } = await desk()
    server.cut("tail")
    await rival({ [alice]: null }, 1)

    const pending = await board(register("alice"))
    server.heal("tail")
    await clock.run(0)

    expect(pending.done).toBe(false)
    expect(pending.unknown.size).toBe(0)
    expect(queues.lanes.get(alice).head()).toBe(pending)
    expect(queues.lanes.get(alice).document?.link).toBe("rival")
    expect(stats).toMatchObject({ verdicts: { effective: 0, superseded: 1 }, retries: 1 })
  })

  test("leaves its aggregates alone for a while, and touches them when that is over", async () => {
    const { board, queues, rival, clock, touched } = await desk()
    await rival({ [alice]: null }, 1)
    await board(register("alice"))
    const lane = queues.lanes.get(alice)
    expect(lane.pauses).toBe(1)

    touched.clear()
    await clock.run(100)

    expect(lane.pauses).toBe(0)
    expect(touched.has(lane)).toBe(true)
  })
})

describe("a commit that won", () => {
  test("leaves its aggregates alone as well when a rival was read before it", async () => {
    const { board, queues, server, rival } = await desk()
    server.cut("tail")
    await rival({ [alice]: null }, 99)

    const pending = await board(register("alice"))
    server.heal("tail")
    await pending.outcome

    expect(queues.lanes.get(alice).pauses).toBe(1)
  })

  test("does not when the rival came after it", async () => {
    const { board, queues, server, rival } = await desk()
    server.cut("tail")

    const pending = await board(register("alice"))
    await rival({ [alice]: null }, 1)
    server.heal("tail")
    await pending.outcome

    expect(queues.lanes.get(alice).pauses).toBe(0)
  })
})

describe("a verdict that does not come", () => {
  test("frees the aggregates after a second, for a rival on the same links", async () => {
    const { board, queues, server, flights, clock } = await desk()
    server.cut("tail")
    const pending = await board(register("alice"))

    await clock.run(999)
    flights.sweep()
    expect(queues.lanes.get(alice).inFlight).toBe("id-1")
    await clock.run(1)
    flights.sweep()

    expect(queues.lanes.get(alice).inFlight).toBeNull()
    expect(pending.unknown).toEqual(new Set(["id-1"]))
    expect(queues.lanes.get(alice).document?.link).toBeNull()
  })

  test("is known once so much was read that the commit has expired wherever it may land", async () => {
    const { board, server, flights, clock } = await desk(new ScriptedLog())
    const pending = await board(register("alice"))

    server.store(Array.from({ length: LAG_MAX }, () => Buffer.from("garbage")))
    await clock.run(0)
    flights.sweep()
    expect(pending.unknown).toEqual(new Set(["id-1"]))
    server.store([Buffer.from("garbage")])
    await clock.run(0)
    flights.sweep()

    expect(pending.unknown.size).toBe(0)
  })
})

describe("a commit that does not come in time", () => {
  test("is known to be void once another one has taken its place, wherever it may still land", async () => {
    const { board, flights, clock, rival, touched, queues } = await desk(new ScriptedLog())
    const pending = await board(register("alice"))
    await rival({ [alice]: null }, 1)
    await clock.run(999)
    flights.sweep()
    expect(pending.unknown).toEqual(new Set(["id-1"]))

    touched.clear()
    await clock.run(1)
    flights.sweep()

    expect([pending.unknown.size, flights.count]).toEqual([0, 0])
    // A refusal may wait for that.
    expect(touched.has(queues.lanes.get(alice))).toBe(true)
  })

  test("is forgotten once nobody waits for it any longer: an outage may last", async () => {
    const { board, flights, clock } = await desk(new ScriptedLog())
    const pending = await board(register("alice"))
    const failed = faultOf(pending.outcome)
    await clock.run(1000)
    flights.sweep()
    expect(flights.count).toBe(1)

    pending.fail(pending.lateFault())
    flights.sweep()

    expect([(await failed).code, flights.count]).toEqual(["OUTCOME_UNKNOWN", 0])
  })
})

test("what others write is followed, on warm aggregates alone", async () => {
  const { queues, rival } = await desk()
  queues.lanes.get(alice).document = { link: null, version: 0, state: null }
  queues.lanes.get(bob)

  await rival({ [alice]: null, [bob]: null }, 1)

  expect(queues.lanes.get(alice).document).toMatchObject({ link: "rival" })
  expect(queues.lanes.get(bob).document).toBeNull()
})

/** Flights of a process whose tail reads what is stored; they send to the same log, or to one that the test answers. */
async function desk(log?: Log) {
  const clock = new FakeClock(0)
  const server = new FakeLogServer({ clock, random: seeded(1) })
  server.store(recordsOf(LAG_MAX, []))
  const tail = new Tail({ log: server.connect("tail"), genesis: genesisOf(LAG_MAX), from: 0 })
  const queues = new Queues()
  const touched = new Set<Lane>()
  const stats = newStats()
  let ids = 0
  const flights = new Flights({
    log: log ?? server.connect("writer"),
    tail,
    clock,
    random: () => 0.5,
    newId: () => `id-${++ids}`,
    lanes: queues.lanes,
    stats,
    touch: lanes => {
      for (const lane of lanes) touched.add(lane)
    },
  })
  tail.listen({ judged: record => flights.judged(record), batchEnd: () => {} })
  tail.start()
  await clock.run(0)

  /** Decides a command, which must be accepted, and sends its commit. */
  const board = async (request: CommandRequest): Promise<Pending> => {
    const pending = queues.arrive(request)
    const lanes = queues.lanes.of(pending)
    const groups = new Groups()
    const decision = groups.decide(pending, lanes)
    if ("refusal" in decision) throw new Error(decision.refusal.message)
    groups.join(pending, decision.events, lanes)
    for (const lane of lanes) lane.take()
    flights.depart(groups.all())
    await clock.run(0)
    return pending
  }

  const rival = async (on: Commit["on"], seen: number): Promise<void> => {
    server.store([encodeCommit({ id: "rival", seen, at: 0, on, commands: [] })])
    await clock.run(0)
  }

  const sent = (): Commit[] => {
    const decoded = server.records.map(({ bytes }) => decode(bytes))
    return decoded.flatMap(one => (one.kind === "commit" ? [one.commit] : []))
  }

  return { clock, server, tail, queues, touched, stats, flights, board, rival, sent }
}
