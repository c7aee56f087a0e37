import { describe, expect, test } from "vitest"
import { Judge } from "../../src/log/judge.js"

const LAG_MAX = 10
const none = { linked: [] }

describe("the judge", () => {
  test("lets the first of several rivals through, and the next commit that builds on it", () => {
    const judge = new Judge(LAG_MAX)

    expect(judge.judge(0, on({ a: null }, 0))).toEqual({ verdict: "effective", linked: ["a"] })
    expect(judge.judge(1, on({ a: null }, 0))).toEqual({ verdict: "superseded", ...none })
    expect(judge.judge(2, on({ a: "c0" }, 1))).toEqual({ verdict: "effective", linked: ["a"] })
  })

  // Shows R4.
  test("makes a commit that lost one slot the link of the others, without effect", () => {
    const judge = new Judge(LAG_MAX)
    judge.judge(0, on({ a: null }, 0))

    expect(judge.judge(1, on({ a: null, b: null }, 0))).toEqual({ verdict: "superseded", linked: ["b"] })
    expect(judge.judge(2, on({ b: null }, 0)).verdict).toBe("superseded")
    expect(judge.judge(3, on({ b: "c1" }, 2)).verdict).toBe("effective")
  })

  test("lets several links void each other in turn", () => {
    const judge = new Judge(LAG_MAX)
    judge.judge(0, on({ a: null }, 0))
    judge.judge(1, on({ b: null }, 0))

    expect(judge.judge(2, on({ a: "c0", b: null }, 1))).toEqual({ verdict: "superseded", linked: ["a"] })
    expect(judge.judge(3, on({ a: "c0", b: "c1" }, 2))).toEqual({ verdict: "superseded", linked: ["b"] })
  })

  test("lets a commit through that is exactly lagMax behind, and none that is more", () => {
    const judge = new Judge(LAG_MAX)

    expect(judge.judge(20, on({ a: null }, 10)).verdict).toBe("effective")
    expect(judge.judge(21, on({ b: null }, 10))).toEqual({ verdict: "expired", ...none })
  })

  test("lets a commit through that has seen all before it, and none that has seen more", () => {
    const judge = new Judge(LAG_MAX)

    expect(judge.judge(20, on({ a: null }, 20)).verdict).toBe("effective")
    expect(judge.judge(21, on({ b: null }, 22))).toEqual({ verdict: "premature", ...none })
  })

  test("gives no slot to a premature or expired commit", () => {
    const judge = new Judge(LAG_MAX)
    judge.judge(20, on({ a: null }, 21))
    judge.judge(21, on({ a: null }, 10))

    expect(judge.judge(22, on({ a: null }, 20)).verdict).toBe("effective")
  })

  test("keeps a slot taken for lagMax records after its last claim, won or lost", () => {
    const judge = new Judge(LAG_MAX)
    judge.judge(0, on({ a: null }, 0))
    judge.judge(5, on({ a: null }, 0))

    expect(judge.judge(15, on({ a: null }, 15)).verdict).toBe("superseded")
    expect(judge.judge(26, on({ a: null }, 26)).verdict).toBe("effective")
  })

  test("forgets old claims though an older slot was claimed again", () => {
    const judge = new Judge(LAG_MAX)
    judge.judge(0, on({ a: null }, 0))
    judge.judge(1, on({ b: null }, 0))
    judge.judge(10, on({ a: null }, 10))

    expect(judge.judge(12, on({ b: null }, 12)).verdict).toBe("effective")
  })

  test("keeps each slot for exactly lagMax records, whichever claims it drops in between", () => {
    const judge = new Judge(LAG_MAX)
    const claimOf = (name: number, offset: number) => on({ [`a${name}`]: null }, offset)
    for (let offset = 0; offset < 100; offset++) judge.judge(offset, claimOf(offset, offset))

    for (let name = 90; name < 100; name++) {
      expect(judge.judge(100, claimOf(name, 100)).verdict).toBe("superseded")
    }
    for (let name = 80; name < 90; name++) {
      expect(judge.judge(100, claimOf(name, 100)).verdict).toBe("effective")
    }
  })

  test("distinguishes aggregates, links and the lack of a link", () => {
    const judge = new Judge(LAG_MAX)
    const apart = [{ a: null }, { a: "b" }, { ab: null }, { a: "null" }, { b: "a" }, { __proto__x: null }]

    for (const [offset, links] of apart.entries()) {
      expect(judge.judge(offset, on(links, 0)).verdict).toBe("effective")
    }
  })
})

function on(links: Record<string, string | null>, seen: number) {
  return { on: links, seen }
}
