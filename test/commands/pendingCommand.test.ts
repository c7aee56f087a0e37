import { describe, expect, test } from "vitest"
import type { PendingCommand } from "../../src/commands/pendingCommand.js"
import { Fault } from "../../src/ports/faults.js"
import { register } from "../domain/support/requests.js"
import { faultOf } from "../support/fault.js"
import { finish, makePending, NEW_KEY } from "./support/pendings.js"

const unavailable = new Fault("LOG_UNAVAILABLE", "the log is away")

describe("a command that fails at its deadline", () => {
  test("and was never sent says LOG_UNAVAILABLE: nothing happened", async () => {
    expect(await late(pending => pending)).toMatchObject({ code: "LOG_UNAVAILABLE", retryable: true })
  })

  test("and could not be sent says why", async () => {
    const fault = await late(pending => {
      pending.sent("c1")
      pending.notSent("c1", unavailable)
    })

    expect(fault).toBe(unavailable)
  })

  test("and whose aggregates or key were never read says VIEWS_UNAVAILABLE", async () => {
    const fault = await late(pending => pending.reload())

    expect(fault.code).toBe("VIEWS_UNAVAILABLE")
  })

  test("and whose commits are all known void says CONFLICT", async () => {
    const fault = await late(pending => {
      for (const commit of ["c1", "c2"]) {
        pending.sent(commit)
        pending.decided(commit)
      }
    })

    expect(fault).toMatchObject({ code: "CONFLICT", message: expect.stringContaining("all 2 commits") })
  })

  test("and has one commit without a verdict says OUTCOME_UNKNOWN, whatever the others", async () => {
    const fault = await late(pending => {
      pending.sent("c1")
      pending.decided("c1")
      pending.sent("c2")
    })

    expect(fault).toMatchObject({ code: "OUTCOME_UNKNOWN", retryable: true })
  })
})

test("while a commit's verdict is not known, no fault says that nothing happened", async () => {
  const pending = makePending(register("alice"))
  pending.sent("c1")

  pending.fail(new Fault("VIEWS_BEHIND", "x"))

  const fault = await faultOf(pending.result)
  expect(fault.code).toBe("OUTCOME_UNKNOWN")
  expect(fault.message).toContain("VIEWS_BEHIND")
})

/** The fault of a command that has reached its deadline after all this. */
async function late(happened: (pending: ReturnType<typeof makePending>) => void): Promise<Fault> {
  const pending = makePending(register("alice"))
  pending.loaded(NEW_KEY)
  happened(pending)
  pending.failLate()
  return faultOf(pending.result)
}

describe("a command moves", () => {
  test("from loading to its queues, to the barrier, into a commit, back, and is done", () => {
    const pending = makePending(register("alice"))
    expect(pending.decidable).toBe(false)

    pending.loaded(NEW_KEY)
    expect([pending.decidable, pending.atBarrier]).toEqual([true, false])
    pending.awaitBarrier()
    expect([pending.decidable, pending.atBarrier]).toEqual([true, true])
    pending.passBarrier()
    pending.join("c1")
    expect(pending.decidable).toBe(false)
    pending.leave("c1")
    expect([pending.decidable, pending.key]).toEqual([true, NEW_KEY])
    finish(pending)

    expect([pending.done, pending.decidable]).toEqual([true, false])
  })

  test("out of no commit but its own", () => {
    const pending = makePending(register("alice"))
    pending.loaded(NEW_KEY)
    pending.join("c2")

    pending.leave("c1")

    expect(pending.decidable).toBe(false)
  })

  test.each<[string, RegExp, (pending: PendingCommand) => void]>([
    ["into a commit while it is loading", /has no key while it is loading/, pending => pending.join("c1")],
    ["into two commits", /cannot go from inFlight to inFlight/, pending => joined(pending).join("c2")],
    ["out of a commit to be read again", /from inFlight to loading/, pending => joined(pending).reload()],
    ["anywhere once it is done", /from done to queued/, pending => done(pending).loaded(NEW_KEY)],
    ["to a second answer", /from done to done/, pending => finish(done(pending))],
  ])("never %s: that is a bug", (_, message, move) => {
    expect(() => move(makePending(register("alice")))).toThrow(message)
  })
})

function joined(pending: PendingCommand): PendingCommand {
  pending.loaded(NEW_KEY)
  pending.join("c1")
  return pending
}

function done(pending: PendingCommand): PendingCommand {
  finish(pending)
  return pending
}
