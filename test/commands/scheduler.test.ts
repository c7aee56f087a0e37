import { describe, expect, test } from "vitest"
import type { CommandGroup } from "../../src/commands/groups.js"
import type { PendingCommand } from "../../src/commands/pendingCommand.js"
import { RULES } from "../../src/commands/rules.js"
import { Scheduler } from "../../src/commands/scheduler.js"
import { CommandStats } from "../../src/commands/stats.js"
import { playerAggregate } from "../../src/domain/aggregates.js"
import { builtInCatalogue } from "../../src/domain/catalogue.js"
import { makeEvent } from "../../src/domain/events.js"
import { Tail } from "../../src/tail/tail.js"
import { buy, register } from "../domain/support/requests.js"
import { FakeClock } from "../fakes/clock.js"
import { genesisOf, RecordedLog, recordsOf } from "../log/support/recordedLog.js"
import { registered } from "../support/events.js"
import { faultOf } from "../support/fault.js"
import { makePending, Queues } from "./support/pendings.js"

const RETENTION = 1000

// Shows R18.
describe("a round", () => {
  test("decides what is loaded and at the head of all its queues, its aggregates free", async () => {
    const { queues, scheduler, clock, sent } = setUp()
    const ready = queues.arrive(register("alice"))
    const loading = queues.arrive(register("bob"), { key: null })
    const blocked = queues.arrive(register("carol"))
    queues.queues.get(playerAggregate("carol")).markInFlight("another commit")

    scheduler.touch([ready, loading, blocked].flatMap(one => queues.queues.of(one)))
    await clock.run(0)

    expect(sentIds(sent)).toEqual(ids([ready]))
  })

  test("decides in order of arrival, whatever was touched first", async () => {
    const { queues, scheduler, clock, sent } = setUp()
    const pendings = ["a", "b", "c", "d", "e"].map(id => queues.arrive(register(id)))

    scheduler.touch([...pendings].reverse().flatMap(one => queues.queues.of(one)))
    await clock.run(0)

    expect(sentIds(sent)).toEqual(ids(pendings))
  })

  test("leaves nothing behind when more is ready than one round takes", async () => {
    const { queues, scheduler, clock, sent } = setUp()
    const pendings = Array.from({ length: 4500 }, (_, i) => queues.arrive(register(`p${i}`)))

    scheduler.touch(pendings.flatMap(one => queues.queues.of(one)))
    await clock.run(0)

    expect(sent.length).toBe(3)
    expect(sentIds(sent)).toEqual(ids(pendings))
  })

  test("does not refuse on the strength of commands of the same round, which may yet lose", async () => {
    const { queues, scheduler, clock, sent } = setUp()
    queues.given(playerAggregate("alice"), registered("alice", { gold: 150 }))
    const [first, second] = [buy("alice", "katana"), buy("alice", "katana")].map(one => queues.arrive(one))
    if (first === undefined || second === undefined) throw new Error("no commands")
    second.setBarrier(0)

    scheduler.touch(queues.queues.of(first))
    await clock.run(0)

    expect(sentIds(sent)).toEqual(ids([first]))
    expect(second.done).toBe(false)
  })

  test("refuses once the tail has reached a head that was asked for, and not before", async () => {
    const { queues, scheduler, clock, tail, stats } = setUp({ steps: [0, 0, 0] })
    const pending = queues.arrive(buy("alice", "katana"))
    scheduler.touch(queues.queues.of(pending))
    await clock.run(0)
    expect([pending.barrier, pending.done]).toEqual([4, false])
    expect(stats).toMatchObject({ barriers: 1, barrierWaits: 1 })

    tail.start()
    await clock.run(0)
    scheduler.tailMoved()
    await clock.run(0)

    expect(await pending.result).toMatchObject({ refusal: { code: "PLAYER_NOT_FOUND" }, position: 4 })
  })

  test("refuses no command while a commit with it may still be effective", async () => {
    const { queues, scheduler, clock } = setUp()
    const pending = queues.arrive(buy("alice", "katana"))
    pending.setBarrier(0)
    pending.sent("a commit in flight")
    scheduler.touch(queues.queues.of(pending))
    await clock.run(0)
    expect(pending.done).toBe(false)

    pending.decided("a commit in flight")
    scheduler.touch(queues.queues.of(pending))
    await clock.run(0)

    expect(await pending.result).toMatchObject({ refusal: { code: "PLAYER_NOT_FOUND" } })
  })

  test("forgets what waited for a head that never came", async () => {
    const { queues, scheduler, clock } = setUp()
    const pending = queues.arrive(buy("alice", "katana"))
    const failed = faultOf(pending.result)
    scheduler.touch(queues.queues.of(pending))
    await clock.run(0)
    expect(scheduler.waitingForBarrier).toBe(1)

    pending.failLate()
    scheduler.answered(pending)

    expect([(await failed).code, scheduler.waitingForBarrier]).toEqual(["LOG_UNAVAILABLE", 0])
  })

  test("does not decide what has waited half of the key retention: REQUEST_EXPIRED", async () => {
    const { queues, scheduler, clock, tail, sent } = setUp({ steps: [500, 1] })
    const pending = queues.arrive(register("alice"))
    const failed = faultOf(pending.result)
    tail.start()
    await clock.run(0)

    scheduler.touch(queues.queues.of(pending))
    await clock.run(0)

    expect(tail.keyTime).toBe(501)
    expect((await failed).code).toBe("REQUEST_EXPIRED")
    expect(sent).toEqual([])
  })

  test("decides what has waited exactly that long", async () => {
    const { queues, scheduler, clock, tail, sent } = setUp({ steps: [500] })
    const pending = queues.arrive(register("alice"))
    tail.start()
    await clock.run(0)

    scheduler.touch(queues.queues.of(pending))
    await clock.run(0)

    expect(sentIds(sent)).toEqual(ids([pending]))
  })

  test("decides nothing while the tail is far behind, and all of it when the tail has moved", async () => {
    const { queues, scheduler, clock, tail, sent } = setUp({ steps: Array(80).fill(0) })
    const pending = queues.arrive(register("alice"))
    tail.noteHead(81)

    scheduler.touch(queues.queues.of(pending))
    await clock.run(0)
    expect(sent).toEqual([])

    tail.start()
    await clock.run(0)
    scheduler.tailMoved()
    await clock.run(0)
    expect(sentIds(sent)).toEqual(ids([pending]))
  })

  // Shows R13.
  test.each(["AGGREGATE_FROZEN", "NEEDS_NEWER_BUILD"] as const)("fails what touches %s", async code => {
    const { queues, scheduler, clock } = setUp()
    const frozen = { code, offset: 7, reason: "the reason" }
    queues.queues.get(playerAggregate("alice")).warm({ link: "c", version: 1, state: null, frozen })
    const pending = queues.arrive(register("alice"))
    const failed = faultOf(pending.result)

    scheduler.touch(queues.queues.of(pending))
    await clock.run(0)

    expect(await failed).toMatchObject({ code, message: expect.stringMatching(/offset 7: the reason/) })
  })

  test("answers a known key with what it did, and another request under it with a fault", async () => {
    const { queues, scheduler, clock } = setUp()
    const asked = { ...register("alice"), idempotencyKey: "k" }
    const data = { player: "alice", region: "eu-west", gold: 1000, health: 100 }
    const events = [makeEvent("PlayerRegistered", data)]
    const { id, digest } = makePending(asked).command
    const key = { checkpoint: 0, known: { id, digest, offset: 5, at: 9, firstIndex: 2, events } }
    const again = queues.arrive(asked, { key })
    const other = queues.arrive({ ...register("alice", { region: "asia" }), idempotencyKey: "k" }, { key })
    const failed = faultOf(other.result)

    scheduler.touch(queues.queues.of(again))
    await clock.run(0)

    expect(await again.result).toMatchObject({
      events: [{ id: "5-2", event: events[0], at: 9 }],
      replayed: true,
      refusal: null,
      position: 6,
      key: "k",
    })
    expect((await failed).code).toBe("IDEMPOTENCY_KEY_REUSED")
  })

  test("looks up a key again if the buffer no longer reaches back to its checkpoint", async () => {
    const { queues, scheduler, clock, lookedUp } = setUp({ from: 5 })
    const pending = queues.arrive(register("alice"), { key: { checkpoint: 4, known: null } })

    scheduler.touch(queues.queues.of(pending))
    await clock.run(0)

    expect(ids(lookedUp)).toEqual(ids([pending]))
  })
})

/** A scheduler over a log. `steps`: the milliseconds between its records. */
function setUp({ steps = [], from = 0 }: { steps?: number[]; from?: number } = {}) {
  const at = (offset: number) => steps.slice(0, offset).reduce((sum, step) => sum + step, 0)
  const garbage = steps.map(() => Buffer.from("garbage"))
  const log = new RecordedLog(recordsOf(100, garbage), { at, waits: true })
  const tail = new Tail({ log, genesis: genesisOf(100), from })
  const clock = new FakeClock(0)
  const queues = new Queues()
  const sent: CommandGroup[][] = []
  const stats = new CommandStats()
  const lookedUp: PendingCommand[] = []
  const scheduler = new Scheduler({
    log,
    tail,
    clock,
    catalogue: builtInCatalogue,
    queues: queues.queues,
    stats,
    rules: RULES,
    stateReader: { checkpoint: null },
    keyRetention: RETENTION,
    loader: {
      load: () => null,
      lookUp: async pending => {
        pending.reload()
        lookedUp.push(pending)
      },
    },
    commits: {
      send: groups => {
        const all = [...groups]
        if (all.length > 0) sent.push(all)
        for (const { queues } of all) for (const queue of queues.values()) queue.markInFlight("c")
      },
    },
  })
  return { queues, scheduler, clock, tail, stats, sent, lookedUp }
}

function sentIds(sent: readonly CommandGroup[][]): string[] {
  return sent.flat().flatMap(({ commands }) => commands.map(({ pending }) => pending.command.id))
}

function ids(pendings: readonly PendingCommand[]): string[] {
  return pendings.map(({ command }) => command.id)
}
