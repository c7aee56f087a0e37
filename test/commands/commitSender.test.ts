import { describe, expect, test } from "vitest"
import { CommitSender } from "../../src/commands/commitSender.js"
import { InFlightCommit } from "../../src/commands/inFlightCommit.js"
import type { PendingCommand } from "../../src/commands/pendingCommand.js"
import { APPEND_BYTES_MAX } from "../../src/ports/log.js"
import { register } from "../domain/support/requests.js"
import { FakeClock } from "../fakes/clock.js"
import { makeDone, makePending } from "./support/pendings.js"
import { ScriptedLog } from "./support/scriptedLog.js"

const RETRY_MS = 50

// Shows R8.
describe("the sender", () => {
  test("sends all that came in one turn together, in order", async () => {
    const { sender, log, clock } = setUp()

    sender.send([inFlight("a"), inFlight("b")])
    sender.send([inFlight("c")])
    await clock.run(0)

    expect(log.appends).toEqual([["a", "b", "c"]])
  })

  test("has one send in flight; the next waits for it and takes everything that came meanwhile", async () => {
    const { sender, log, clock } = setUp()
    sender.send([inFlight("a")])
    await clock.run(0)
    sender.send([inFlight("b")])
    sender.send([inFlight("c")])
    await clock.run(1000)
    expect(log.appends).toEqual([["a"]])

    log.stored()
    await clock.run(0)

    expect(log.appends).toEqual([["a"], ["b", "c"]])
  })

  test("sends at most 512 KB at a time", async () => {
    const { sender, log, clock } = setUp()
    const third = APPEND_BYTES_MAX / 4

    sender.send([
      inFlight("a", third),
      inFlight("b", third),
      inFlight("c", third),
      inFlight("d", third),
      inFlight("e"),
    ])
    await clock.run(0)
    log.stored()
    await clock.run(0)

    expect(log.appends.map(records => records.map(([first]) => first))).toEqual([["a", "b", "c", "d"], ["e"]])
  })

  test("sends again, after a while and before all others, what was certainly not stored", async () => {
    const { sender, log, clock, events } = setUp()
    sender.send([inFlight("a"), inFlight("b")])
    await clock.run(0)
    sender.send([inFlight("c")])

    log.failed("LOG_UNAVAILABLE")
    await clock.run(RETRY_MS - 1)
    expect(log.appends.length).toBe(1)
    await clock.run(1)

    expect(log.appends[1]).toEqual(["a", "b", "c"])
    const failed = ["not_stored after 0 ms", "not stored a,b"]
    expect(events).toEqual(["sending a,b", ...failed, "sending a,b,c"])
  })

  test("goes on trying until their deadline", async () => {
    const { sender, log, clock, events } = setUp()
    sender.send([inFlight("a", 1, { deadline: 120 })])
    for (let i = 0; i < 10; i++) {
      await clock.run(0)
      log.failed("LOG_UNAVAILABLE")
      await clock.run(RETRY_MS)
    }

    expect(log.appends).toEqual([["a"], ["a"], ["a"]])
    expect(events.at(-1)).toBe("dropped a")
  })

  test("does not send again what may have been stored: the verdict will show", async () => {
    const { sender, log, clock, events } = setUp()
    sender.send([inFlight("a")])
    await clock.run(0)

    log.failed("OUTCOME_UNKNOWN")
    await clock.run(10_000)

    expect(log.appends).toEqual([["a"]])
    expect(events).toEqual(["sending a", "unknown after 0 ms"])
  })

  test("reports how long the log took", async () => {
    const { sender, log, clock, events } = setUp()
    sender.send([inFlight("a")])
    await clock.run(30)

    log.stored()
    await clock.run(0)

    expect(events).toEqual(["sending a", "stored after 30 ms"])
  })

  test("goes on with the others after a send that may have been stored", async () => {
    const { sender, log, clock } = setUp()
    sender.send([inFlight("a")])
    await clock.run(0)
    sender.send([inFlight("b")])

    log.failed("OUTCOME_UNKNOWN")
    await clock.run(0)

    expect(log.appends).toEqual([["a"], ["b"]])
  })

  test.each<[string, Late]>([
    ["is past its deadline", { deadline: 30 }],
    ["is at its deadline", { deadline: 40 }],
    ["is over", { over: true }],
    ["holds a command that was answered", { commands: [makeDone(register("alice"))] }],
  ])("drops what %s when its turn comes, and sends the others", async (_, late) => {
    const { sender, log, clock, events } = setUp()
    sender.send([inFlight("a")])
    await clock.run(0)
    sender.send([inFlight("b", 1, late), inFlight("c")])
    await clock.run(40)

    log.stored()
    await clock.run(0)

    expect(log.appends).toEqual([["a"], ["c"]])
    expect(events).toContain("dropped b")
  })

  test("is idle once nothing is being sent, and begins again", async () => {
    const { sender, log, clock } = setUp()
    let idle = false
    sender.send([inFlight("a")])
    const waiting = sender.idle().then(() => {
      idle = true
    })
    await clock.run(100)
    expect(idle).toBe(false)

    log.stored()
    await waiting
    sender.send([inFlight("b")])
    await clock.run(0)

    expect(log.appends).toEqual([["a"], ["b"]])
  })
})

function setUp() {
  const log = new ScriptedLog()
  const clock = new FakeClock(0)
  /** The events that the sender reported, in order. */
  const events: string[] = []
  const names = (commits: readonly InFlightCommit[]) => commits.map(({ id }) => id).join()
  const sender = new CommitSender(log, clock, {
    sending: commits => events.push(`sending ${names(commits)}`),
    notStored: commits => events.push(`not stored ${names(commits)}`),
    appended: (outcome, tookMs) => events.push(`${outcome} after ${tookMs} ms`),
    dropped: ({ id }) => events.push(`dropped ${id}`),
  })
  return { log, clock, events, sender }
}

interface Late {
  readonly deadline?: number
  readonly over?: boolean
  readonly commands?: readonly PendingCommand[]
}

function inFlight(id: string, size = 1, { deadline = 1_000_000, over = false, commands }: Late = {}) {
  const pendings = commands ?? [makePending(register("alice"), { deadline })]
  const commit = new InFlightCommit({
    ...{ id, seen: 0, on: {}, queues: [] },
    bytes: Buffer.alloc(size, id),
    commands: pendings,
  })
  if (over) commit.end()
  return commit
}
