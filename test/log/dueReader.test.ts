import { describe, expect, test } from "vitest"
import { DueReader } from "../../src/log/dueReader.js"
import type { JudgedBatch } from "../../src/log/judged.js"
import { Fault } from "../../src/ports/faults.js"
import { FakeClock } from "../fakes/clock.js"
import { faultOf } from "../support/fault.js"

/** Records that a test supplies batch by batch, until it ends or fails. */
class Source {
  readonly #waiting: (() => void)[] = []
  readonly #batches: (JudgedBatch | Fault | "end")[] = []
  isOver = false

  give(next: JudgedBatch | Fault | "end"): void {
    this.#batches.push(next)
    for (const wake of this.#waiting.splice(0)) wake()
  }

  async *read(signal: AbortSignal): AsyncGenerator<JudgedBatch, void> {
    try {
      for (;;) {
        const next = this.#batches.shift()
        if (next === "end" || signal.aborted) return
        if (next instanceof Fault) throw next
        if (next !== undefined) yield next
        else await this.#change(signal)
      }
    } finally {
      this.isOver = true
    }
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      this.#waiting.push(resolve)
      signal.addEventListener("abort", () => resolve(), { once: true })
    })
  }
}

function begin() {
  const clock = new FakeClock(0)
  const source = new Source()
  const abort = new AbortController()
  return { clock, source, abort, intake: new DueReader(source.read(abort.signal), clock) }
}

const batch = (head: number): JudgedBatch => ({ records: [], head })

describe("a due reader returns", () => {
  test("records as they come, when they come before a batch is due", async () => {
    const { clock, source, intake } = begin()
    clock.after(400, () => source.give(batch(1)))

    expect(await clock.runFor(intake.next(500))).toEqual(batch(1))
    expect(clock.now()).toBe(400)
  })

  test("that a batch is due, at that time, and the records afterwards: none is lost", async () => {
    const { clock, source, intake } = begin()
    clock.after(900, () => source.give(batch(1)))

    expect(await clock.runFor(intake.next(500))).toBe("due")
    expect(clock.now()).toBe(500)
    expect(await clock.runFor(intake.next(600))).toBe("due")
    source.give(batch(2))
    expect(await clock.runFor(intake.next(null))).toEqual(batch(2))
    expect(await clock.runFor(intake.next(null))).toEqual(batch(1))
  })

  test("at once that it is due, when the time has long passed", async () => {
    const { clock, intake } = begin()
    await clock.run(10_000)

    expect(await clock.runFor(intake.next(500))).toBe("due")
    expect(clock.now()).toBe(10_000)
  })

  test("that there are no more", async () => {
    const { clock, source, intake } = begin()
    source.give("end")

    expect(await clock.runFor(intake.next(500))).toBe("ended")
  })

  test("the error of the records, even when it came while nobody waited", async () => {
    const { clock, source, intake } = begin()
    expect(await clock.runFor(intake.next(500))).toBe("due")
    source.give(new Fault("LOG_TRUNCATED", "gone"))
    await clock.run(1000)

    expect((await clock.runFor(faultOf(intake.next(2000)))).code).toBe("LOG_TRUNCATED")
  })
})

test("one read serves many waits, which leave nothing behind: a log may rest for days", async () => {
  const { clock } = begin()
  let reads = 0
  let listeners = 0
  const coming = new Promise<never>(() => {})
  const next = () => {
    reads += 1
    return Object.assign(coming, {
      // biome-ignore lint/suspicious/noThenProperty: counts who waits
      then: (...listening: Parameters<typeof Promise.prototype.then>) => {
        listeners += 1
        return Promise.prototype.then.apply(coming, listening)
      },
    })
  }
  const intake = new DueReader({ [Symbol.asyncIterator]: () => ({ next }) }, clock)
  for (let i = 1; i <= 100; i++) expect(await clock.runFor(intake.next(1000 * i))).toBe("due")

  expect({ reads, listeners }).toEqual({ reads: 1, listeners: 1 })
})

test("a closed due reader ends its records, even during a wait for them", async () => {
  const { clock, source, abort, intake } = begin()
  expect(await clock.runFor(intake.next(500))).toBe("due")

  abort.abort()
  await clock.runFor(intake.close())

  expect(source.isOver).toBe(true)
})
