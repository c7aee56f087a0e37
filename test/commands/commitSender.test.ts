import { describe, expect, test } from "vitest"
import { CommitSender } from "../../src/commands/commitSender.js"
import type { InFlightCommit } from "../../src/commands/inFlightCommit.js"
import type { PendingCommand } from "../../src/commands/pendingCommand.js"
import { APPEND_BYTES_MAX } from "../../src/ports/log.js"
import { register } from "../domain/support/requests.js"
import { FakeClock } from "../fakes/clock.js"
import { makePending } from "./support/pendings.js"
import { ScriptedLog } from "./support/scriptedLog.js"

const RETRY_MS = 50

// Shows R8.
describe("the sender", () => {
  test("sends what came in one turn together, in order", async () => {
    const { sender, log, clock } = desk()

    sender.send([inFlight("a"), inFlight("b")])
    sender.send([inFlight("c")])
    await clock.run(0)

    expect(log.appends).toEqual([["a", "b", "c"]])
  })

  test("has one send in flight, which the next waits for and takes all along that came meanwhile", async () => {
    const { sender, log, clock } = desk()
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
    const { sender, log, clock } = desk()
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

  test("sends again after a while what surely was not stored, before all others", async () => {
    const { sender, log, clock, told } = desk()
    sender.send([inFlight("a"), inFlight("b")])
    await clock.run(0)
    sender.send([inFlight("c")])

    log.failed("LOG_UNAVAILABLE")
    await clock.run(RETRY_MS - 1)
    expect(log.appends.length).toBe(1)
    await clock.run(1)

    expect(log.appends[1]).toEqual(["a", "b", "c"])
    const failed = ["not_stored after 0 ms", "not stored a,b"]
    expect(told).toEqual(["sending a,b", ...failed, "sending a,b,c"])
  })

  test("goes on trying until their deadline", async () => {
    const { sender, log, clock, told } = desk()
    sender.send([inFlight("a", 1, { deadline: 120 })])
    for (let i = 0; i < 10; i++) {
      await clock.run(0)
      log.failed("LOG_UNAVAILABLE")
      await clock.run(RETRY_MS)
    }

    expect(log.appends).toEqual([["a"], ["a"], ["a"]])
    expect(told.at(-1)).toBe("dropped a")
  })

  test("does not send again what may have been stored: the verdict tells", async () => {
    const { sender, log, clock, told } = desk()
    sender.send([inFlight("a")])
    await clock.run(0)

    log.failed("OUTCOME_UNKNOWN")
    await clock.run(10_000)

    expect(log.appends).toEqual([["a"]])
    expect(told).toEqual(["sending a", "unknown after 0 ms"])
  })

  test("tells how long the log took", async () => {
    const { sender, log, clock, told } = desk()
    sender.send([inFlight("a")])
    await clock.run(30)

    log.stored()
    await clock.run(0)

    expect(told).toEqual(["sending a", "stored after 30 ms"])
  })

  test("goes on with the others after a send that may have been stored", async () => {
    const { sender, log, clock } = desk()
    sender.send([inFlight("a")])
    await clock.run(0)
    sender.send([inFlight("b")])

    log.failed("OUTCOME_UNKNOWN")
    await clock.run(0)

    expect(log.appends).toEqual([["a"], ["b"]])
  })

  test.each<[string, Partial<InFlightCommit>]>([
    ["is past its deadline", { deadline: 30 }],
    ["is at its deadline", { deadline: 40 }],
    ["is over", { over: true }],
    ["holds a command that was answered", { commands: [answered()] }],
  ])("drops what %s when its turn comes, and sends the others", async (_, late) => {
    const { sender, log, clock, told } = desk()
    sender.send([inFlight("a")])
    await clock.run(0)
    sender.send([inFlight("b", 1, late), inFlight("c")])
    await clock.run(40)

    log.stored()
    await clock.run(0)

    expect(log.appends).toEqual([["a"], ["c"]])
    expect(told).toContain("dropped b")
  })

  test("is idle once nothing is on its way, and begins again", async () => {
    const { sender, log, clock } = desk()
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

function desk() {
  const log = new ScriptedLog()
  const clock = new FakeClock(0)
  /** What the sender said, in order. */
  const told: string[] = []
  const names = (commits: readonly InFlightCommit[]) => commits.map(({ id }) => id).join()
  const sender = new CommitSender(log, clock, {
    sending: commits => told.push(`sending ${names(commits)}`),
    notStored: commits => told.push(`not stored ${names(commits)}`),
    appended: (outcome, tookMs) => told.push(`${outcome} after ${tookMs} ms`),
    dropped: ({ id }) => told.push(`dropped ${id}`),
  })
  return { log, clock, told, sender }
}

function inFlight(id: string, size = 1, rest: Partial<InFlightCommit> = {}): InFlightCommit {
  const bytes = Buffer.alloc(size, id)
  const place = { seen: 0, on: {}, queues: [], commands: [], deadline: 1_000_000, sentAt: null, over: false }
  return { id, bytes, ...place, ...rest }
}

function answered(): PendingCommand {
  const pending = makePending(register("alice"))
  pending.done = true
  return pending
}
