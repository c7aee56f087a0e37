import { describe, expect, it } from "vitest"
import { systemCode, systemReason } from "../../src/lib/systemError.js"
import { Fault } from "../../src/ports/faults.js"

const systemError = (code: string | number) => Object.assign(new Error("its text"), { code })

describe("a system error", () => {
  it.each<[string | number, string | undefined]>([
    ["EROFS", "EROFS"],
    [13, "EACCES"],
    [-30_796, undefined],
    ["ERR_INVALID_ARG_TYPE", undefined],
    ["UND_ERR_SOCKET", undefined],
  ])("is known by its code %s", (code, known) => {
    expect(systemCode(systemError(code))).toBe(known)
  })

  it("says why, before its own text", () => {
    expect(systemReason(systemError("ENOSPC"))).toBe("the disk is full (its text)")
  })

  it.each([new Error("its text"), systemError("ENOTSUP")])(
    "has only its own text where we know no more",
    error => {
      expect(systemReason(error)).toBe("its text")
    },
  )

  it("is not a Fault", () => {
    expect(systemCode(new Fault("LOG_UNAVAILABLE", "away"))).toBeUndefined()
  })
})
