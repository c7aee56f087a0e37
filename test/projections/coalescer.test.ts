import { describe, expect, test } from "vitest"
import { Fault } from "../../src/ports/faults.js"
import type { ViewAnswer, ViewRequest, ViewStore } from "../../src/ports/viewStore.js"
import { Coalescer } from "../../src/projections/coalescer.js"
import { FakeClock } from "../fakes/clock.js"
import { faultOf } from "../support/fault.js"

describe("requests of one turn", () => {
  test("share one call to the store, and each gets its part", async () => {
    const { coalescer, calls, clock } = desk()
    const first = coalescer.read(["a", "b"], ["k"])
    const second = coalescer.read(["b", "c"], ["k", "l"])

    await clock.run(0)

    expect(calls).toEqual([{ documents: ["a", "b", "c"], keys: ["k", "l"] }])
    expect(await first).toMatchObject({ documents: ["document a", "document b"], keys: ["key k"] })
    expect(await second).toMatchObject({ documents: ["document b", "document c"], keys: ["key k", "key l"] })
  })

  test("for nothing still get a checkpoint", async () => {
    const { coalescer, calls, clock } = desk()
    const nothing = coalescer.read([], [])

    await clock.run(0)

    expect(calls.length).toBe(1)
    expect(await nothing).toEqual({ checkpoint: null, documents: [], keys: [] })
  })

  test("get null for what does not exist, each in its place", async () => {
    const { coalescer, clock } = desk()
    const asked = coalescer.read(["missing", "a"], ["missing"])

    await clock.run(0)

    expect(await asked).toMatchObject({ documents: [null, "document a"], keys: [null] })
  })

  test("are split into calls of about a thousand names", async () => {
    const { coalescer, calls, clock } = desk()
    const asked = Array.from({ length: 2500 }, (_, i) => coalescer.read([`d${i}`], []))

    await clock.run(0)

    expect(calls.map(({ documents }) => documents.length)).toEqual([1000, 1000, 500])
    expect((await asked[2499])?.documents).toEqual(["document d2499"])
  })

  test("of the next turn make the next call, though the first is not answered", async () => {
    const { coalescer, calls, clock } = desk({ answers: false })
    void coalescer.read(["a"], [])
    await clock.run(0)
    void coalescer.read(["a"], [])
    await clock.run(0)

    expect(calls.length).toBe(2)
  })

  test("all get the store's fault", async () => {
    const { coalescer, clock, fail } = desk()
    const fault = new Fault("VIEWS_UNAVAILABLE", "x")
    fail(fault)
    const faults = [coalescer.read(["a"], []), coalescer.read(["b"], [])].map(faultOf)

    await clock.run(0)

    expect(await Promise.all(faults)).toEqual([fault, fault])
  })
})

function desk({ answers = true } = {}) {
  const calls: ViewRequest[] = []
  let fault: Fault | null = null
  const read = (_: number, request: ViewRequest): Promise<ViewAnswer> => {
    calls.push(request)
    if (fault !== null) return Promise.reject(fault)
    if (!answers) return new Promise(() => {})
    const { documents, keys } = request
    return Promise.resolve({
      checkpoint: null,
      documents: documents.map(name => (name === "missing" ? null : `document ${name}`)),
      keys: keys.map(id => (id === "missing" ? null : `key ${id}`)),
    })
  }
  const clock = new FakeClock()
  const store = { read } as unknown as ViewStore
  const fail = (with_: Fault) => {
    fault = with_
  }
  return { calls, clock, fail, coalescer: new Coalescer(store, clock) }
}
