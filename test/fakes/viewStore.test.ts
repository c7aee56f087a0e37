import { describe, expect, test } from "vitest"
import type { Clock } from "../../src/lib/clock.js"
import { isFault } from "../../src/ports/faults.js"
import { checkpoint, raceReaders, viewStoreContract, writes } from "../contract/viewStore.js"
import { FAKE_ANSWER_WAIT_MS, FakeViewServer, type FakeViewServerOptions } from "./viewStore.js"

const realClock: Clock = {
  now: Date.now,
  after(delayMs, call) {
    const timer = setTimeout(call, delayMs)
    return () => clearTimeout(timer)
  },
  soon: queueMicrotask,
}

/** Only `pass` lets time pass. */
class HandClock implements Clock {
  #now = 0
  #calls: { readonly at: number; readonly call: () => void }[] = []

  now(): number {
    return this.#now
  }

  after(delayMs: number, call: () => void): () => void {
    const entry = { at: this.#now + delayMs, call }
    this.#calls.push(entry)
    return () => {
      this.#calls = this.#calls.filter(each => each !== entry)
    }
  }

  soon(call: () => void): void {
    queueMicrotask(call)
  }

  async pass(ms: number): Promise<void> {
    const until = this.#now + ms
    for (;;) {
      await new Promise(resolve => setImmediate(resolve))
      const [next] = this.#calls.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#now = next.at
      this.#calls = this.#calls.filter(each => each !== next)
      next.call()
    }
    this.#now = until
  }
}

function server(options: Partial<FakeViewServerOptions> = {}): FakeViewServer {
  return new FakeViewServer({ clock: realClock, random: () => 0.5, ...options })
}

viewStoreContract("the fake", async () => {
  const fake = server()
  return {
    realm: 0,
    store: fake.connect("a"),
    connect: async () => fake.connect("b"),
    reopen: async realm => fake.connect("c", realm),
    forget: async () => {
      fake.data(0).forget(1)
      return fake.connect("d")
    },
    lose: async (generation, part, what) => {
      fake.data(0).lose(generation, part, what)
      return fake.connect("d")
    },
    cleanup: async () => {},
  }
})

describe("the fake view server", () => {
  const nothing = { documents: [], keys: [] }
  const fault = (call: Promise<unknown>) => call.then(String, (error: unknown) => error)
  const unavailable = async (call: Promise<unknown>) => isFault(await fault(call), "VIEWS_UNAVAILABLE")

  test("loses calls, which fail and are not done", async () => {
    const fake = server({ faults: { lost: 1 } })
    const store = fake.connect("a")

    expect(await unavailable(store.swap(null, checkpoint(1), writes()))).toBe(true)

    fake.faults = { ...fake.faults, lost: 0 }
    expect((await store.read(1, nothing)).checkpoint).toBeNull()
  })

  test("loses answers: the swap fails but is done", async () => {
    const fake = server({ faults: { replyLost: 1 } })
    const store = fake.connect("a")

    expect(await unavailable(store.swap(null, checkpoint(1), writes()))).toBe(true)

    fake.faults = { ...fake.faults, replyLost: 0 }
    expect((await store.read(1, nothing)).checkpoint).toEqual(checkpoint(1))
  })

  test("takes the time of both ways", async () => {
    const clock = new HandClock()
    const store = server({ clock, faults: { latencyMs: [10, 30] } }).connect("a")
    let answered = false
    const reading = store.read(1, nothing).then(() => {
      answered = true
    })

    await clock.pass(39)
    expect(answered).toBe(false)
    await clock.pass(1)
    expect(answered).toBe(true)
    await reading
  })

  test("paused, lets callers give up, and does their calls when it goes on", async () => {
    const clock = new HandClock()
    const fake = server({ clock })
    const store = fake.connect("a")
    fake.pause()
    const swapping = fault(store.swap(null, checkpoint(1), writes()))

    await clock.pass(FAKE_ANSWER_WAIT_MS)
    expect(isFault(await swapping, "VIEWS_UNAVAILABLE")).toBe(true)

    fake.resume()
    expect((await store.read(1, nothing)).checkpoint).toEqual(checkpoint(1))
  })

  test("cut off from one process, answers the others", async () => {
    const fake = server()
    const cutOff = fake.connect("a")
    const other = fake.connect("b")
    const onItsWay = unavailable(cutOff.read(1, nothing))
    fake.cut("a")

    expect(await onItsWay).toBe(true)
    expect(await unavailable(cutOff.read(1, nothing))).toBe(true)
    expect(await other.swap(null, checkpoint(1), writes())).toBe(true)

    fake.heal("a")
    expect((await cutOff.read(1, nothing)).checkpoint).toEqual(checkpoint(1))
  })

  test("emptied, has no generation; restored, has what it had", async () => {
    const fake = server()
    const store = fake.connect("a")
    const request = { documents: ["a"], keys: [] }
    await store.swap(null, checkpoint(1), writes({ documents: { a: "old" } }))
    const snapshot = fake.snapshot()
    await store.swap(checkpoint(1), checkpoint(2), writes({ documents: { a: "new" } }))

    fake.restore(snapshot)
    const rolledBack = await store.read(1, request)
    fake.empty()
    const emptied = await store.read(1, request)
    fake.restore(snapshot)

    expect(rolledBack).toEqual({ checkpoint: checkpoint(1), documents: ["old"], keys: [] })
    expect(emptied).toEqual({ checkpoint: null, documents: [null], keys: [] })
    expect(await store.read(1, request)).toEqual(rolledBack)
  })

  test("full, refuses swaps and answers reads", async () => {
    const fake = server()
    const store = fake.connect("a")
    fake.share = 1

    expect(await unavailable(store.swap(null, checkpoint(1), writes()))).toBe(true)
    expect((await store.read(1, nothing)).checkpoint).toBeNull()
    expect(await store.usedShare()).toBe(1)
  })

  test("with torn reads, breaks the contract where the contract looks for it", async () => {
    const fake = server({ tornReads: true })

    const { found } = await raceReaders(fake.connect("a"), fake.connect("b"), checkpoint)

    expect(found.length).toBeGreaterThan(0)
  })
})
