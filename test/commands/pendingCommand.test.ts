import { describe, expect, test } from "vitest"
import { Fault } from "../../src/ports/faults.js"
import { register } from "../domain/support/requests.js"
import { faultOf } from "../support/fault.js"
import { makePending } from "./support/pendings.js"

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
    const fault = await late(pending => {
      pending.loaded = false
    })

    expect(fault.code).toBe("VIEWS_UNAVAILABLE")
  })

  test("and whose commits are all known void says CONFLICT", async () => {
    const fault = await late(pending => {
      for (const commit of ["c1", "c2"]) {
        pending.sent(commit)
        pending.undecidedCommits.delete(commit)
      }
    })

    expect(fault).toMatchObject({ code: "CONFLICT", message: expect.stringContaining("all 2 commits") })
  })

  test("and has one commit without a verdict says OUTCOME_UNKNOWN, whatever the others", async () => {
    const fault = await late(pending => {
      pending.sent("c1")
      pending.undecidedCommits.delete("c1")
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
  pending.loaded = true
  happened(pending)
  pending.fail(pending.lateFault())
  return faultOf(pending.result)
}
