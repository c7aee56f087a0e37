import { describe, expect, test } from "vitest"
import type { AggregateQueue } from "../../src/commands/aggregateQueue.js"
import { CommandGroups } from "../../src/commands/groups.js"
import { InFlightCommits } from "../../src/commands/inFlightCommits.js"
import type { PendingCommand } from "../../src/commands/pendingCommand.js"
import type { CommandRequest } from "../../src/commands/request.js"
import { RULES } from "../../src/commands/rules.js"
import { CommandStats } from "../../src/commands/stats.js"
import { playerAggregate } from "../../src/domain/aggregates.js"
import { builtInCatalogue } from "../../src/domain/catalogue.js"
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
    const { send, sent, queues, tail } = await setUp()
    queues.given(alice, registered("alice"))
    // Told, and not read.
    tail.noteHead(5)

    await send(grant("alice", 5))

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
    const { send, queues, server, clock } = await setUp()
    server.cut("tail")

    await send(register("alice"))
    expect(queues.queues.get(alice).commitInFlight).toBe("id-1")
    server.heal("tail")
    await clock.run(0)

    expect(queues.queues.get(alice).commitInFlight).toBeNull()
  })

  test("counts those of its commands that are not answered as in flight", async () => {
    const { send, commits, server } = await setUp()
    server.cut("tail")
    const pending = await send(register("alice"))
    expect([commits.count, commits.commands()]).toEqual([1, 1])

    pending.failLate()

    expect((await faultOf(pending.result)).code).toBe("OUTCOME_UNKNOWN")
    expect([commits.count, commits.commands()]).toEqual([1, 0])
  })

  test("answers its commands once it is effective, with their events and states", async () => {
    const { send, stats } = await setUp()

    const pending = await send(register("alice"))

    const outcome = await pending.result
    expect(outcome).toMatchObject({ position: 2, replayed: false, events: [{ id: "1-0" }] })
    expect(outcome.states.get(alice)).toMatchObject({ gold: 1000 })
    expect(stats).toMatchObject({ verdicts: { effective: 1, superseded: 0 }, retries: 0 })
  })
})

describe("a commit that lost", () => {
  test("answers nobody: its commands are at the heads of their queues again", async () => {
    const { send, queues, stats, rival, server, clock } = await setUp()
    server.cut("tail")
    await rival({ [alice]: null }, 1)

    const pending = await send(register("alice"))
    server.heal("tail")
    await clock.run(0)

    expect(pending.done).toBe(false)
    expect(pending.undecidedCommits.size).toBe(0)
    expect(queues.queues.get(alice).head()).toBe(pending)
    expect(queues.queues.get(alice).document?.link).toBe("rival")
    expect(stats).toMatchObject({ verdicts: { effective: 0, superseded: 1 }, retries: 1 })
  })

  test("leaves its aggregates alone for a while, and touches them when that is over", async () => {
    const { send, queues, rival, clock, touched } = await setUp()
    await rival({ [alice]: null }, 1)
    await send(register("alice"))
    const queue = queues.queues.get(alice)
    expect(queue.paused).toBe(true)

    touched.clear()
    await clock.run(100)

    expect(queue.paused).toBe(false)
    expect(touched.has(queue)).toBe(true)
  })
})

describe("a commit that won", () => {
  test("leaves its aggregates alone as well when a rival was read before it", async () => {
    const { send, queues, server, rival } = await setUp()
    server.cut("tail")
    await rival({ [alice]: null }, 99)

    const pending = await send(register("alice"))
    server.heal("tail")
    await pending.result

    expect(queues.queues.get(alice).paused).toBe(true)
  })

  test("does not when the rival came after it", async () => {
    const { send, queues, server, rival } = await setUp()
    server.cut("tail")

    const pending = await send(register("alice"))
    await rival({ [alice]: null }, 1)
    server.heal("tail")
    await pending.result

    expect(queues.queues.get(alice).paused).toBe(false)
  })
})

describe("a verdict that does not come", () => {
  test("frees the aggregates after a second, for a rival on the same links", async () => {
    const { send, queues, server, commits, clock } = await setUp()
    server.cut("tail")
    const pending = await send(register("alice"))

    await clock.run(999)
    commits.sweep()
    expect(queues.queues.get(alice).commitInFlight).toBe("id-1")
    await clock.run(1)
    commits.sweep()

    expect(queues.queues.get(alice).commitInFlight).toBeNull()
    expect(pending.undecidedCommits).toEqual(new Set(["id-1"]))
    expect(queues.queues.get(alice).document?.link).toBeNull()
  })

  test("is known once so much was read that the commit has expired wherever it may land", async () => {
    const { send, server, commits, clock } = await setUp(new ScriptedLog())
    const pending = await send(register("alice"))

    server.store(Array.from({ length: LAG_MAX }, () => Buffer.from("garbage")))
    await clock.run(0)
    commits.sweep()
    expect(pending.undecidedCommits).toEqual(new Set(["id-1"]))
    server.store([Buffer.from("garbage")])
    await clock.run(0)
    commits.sweep()

    expect(pending.undecidedCommits.size).toBe(0)
  })
})

describe("a commit whose verdict does not come in time", () => {
  test("is known to be void once another one has taken its slot, wherever it may still land", async () => {
    const { send, commits, clock, rival, touched, queues } = await setUp(new ScriptedLog())
    const pending = await send(register("alice"))
    await rival({ [alice]: null }, 1)
    await clock.run(999)
    commits.sweep()
    expect(pending.undecidedCommits).toEqual(new Set(["id-1"]))

    touched.clear()
    await clock.run(1)
    commits.sweep()

    expect([pending.undecidedCommits.size, commits.count]).toEqual([0, 0])
    // A refusal may wait for that.
    expect(touched.has(queues.queues.get(alice))).toBe(true)
  })

  test("is forgotten once nobody waits for it any longer: an outage may last", async () => {
    const { send, commits, clock } = await setUp(new ScriptedLog())
    const pending = await send(register("alice"))
    const failed = faultOf(pending.result)
    await clock.run(1000)
    commits.sweep()
    expect(commits.count).toBe(1)

    pending.failLate()
    commits.sweep()

    expect([(await failed).code, commits.count]).toEqual(["OUTCOME_UNKNOWN", 0])
  })
})

test("warm aggregates, and only these, are kept current with what others write", async () => {
  const { queues, rival } = await setUp()
  queues.queues.get(alice).warm({ link: null, version: 0, state: null })
  queues.queues.get(bob)

  await rival({ [alice]: null, [bob]: null }, 1)

  expect(queues.queues.get(alice).document).toMatchObject({ link: "rival" })
  expect(queues.queues.get(bob).document).toBeNull()
})

/**
 * The commits in flight of a process whose tail reads what is stored. They are sent to the same log, or to
 * one whose answers the test gives.
 */
async function setUp(log?: Log) {
  const clock = new FakeClock(0)
  const server = new FakeLogServer({ clock, random: seeded(1) })
  server.store(recordsOf(LAG_MAX, []))
  const tail = new Tail({ log: server.connect("tail"), genesis: genesisOf(LAG_MAX), from: 0 })
  const queues = new Queues()
  const touched = new Set<AggregateQueue>()
  const stats = new CommandStats()
  let ids = 0
  const parts = {
    log: log ?? server.connect("writer"),
    tail,
    clock,
    random: () => 0.5,
    newId: () => `id-${++ids}`,
    queues: queues.queues,
    stats,
    rules: RULES,
  }
  const commits = new InFlightCommits(parts, {
    freed: queues => {
      for (const queue of queues) touched.add(queue)
    },
  })
  tail.listen({ judged: record => commits.judged(record), batchEnd: () => {} })
  tail.start()
  await clock.run(0)

  /** Decides a command, which must be accepted, and sends its commit. */
  const send = async (request: CommandRequest): Promise<PendingCommand> => {
    const pending = queues.arrive(request)
    const of = queues.queues.of(pending)
    const groups = new CommandGroups(builtInCatalogue)
    const decision = groups.decide(pending, of)
    if ("refusal" in decision) throw new Error(decision.refusal.message)
    groups.join(pending, decision.events, of)
    for (const queue of of) queue.take()
    commits.send(groups.all())
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

  return { clock, server, tail, queues, touched, stats, commits, send, rival, sent }
}
