import { describe, expect, test } from "vitest"
import { Watch, type WatchOptions } from "../../src/health/watch.js"
import { Fault } from "../../src/ports/faults.js"
import { FakeClock } from "../fakes/clock.js"
import { KeptLogger } from "../support/keptLogger.js"

/** A part in the state that the test sets, and a watch that probes it every second. */
class Watched {
  readonly clock = new FakeClock()
  readonly logger = new KeptLogger()
  /** What is wrong with the part. */
  problem: unknown = null
  hangs = false
  work = 0
  /** Probes that began, those that have not ended, and those whose signal was aborted. */
  readonly probes = { begun: 0, running: 0, ended: 0 }
  #release: () => void = () => {}

  watch(options: Partial<WatchOptions> = {}): Watch {
    const { clock, logger } = this
    const times = { everyMs: 1000, withinMs: 5000 }
    return new Watch({
      ...{ name: "lake", code: "HISTORY_UNAVAILABLE", clock, logger, ...times },
      probe: signal => this.#probe(signal),
      ...options,
    })
  }

  /** Lets a hanging probe end. */
  release(): void {
    this.hangs = false
    this.#release()
  }

  async #probe(signal: AbortSignal): Promise<void> {
    this.probes.begun += 1
    this.probes.running += 1
    signal.addEventListener("abort", () => {
      this.probes.ended += 1
    })
    if (this.hangs) {
      await new Promise<void>(resolve => {
        this.#release = resolve
      })
    }
    this.probes.running -= 1
    if (this.problem !== null) throw this.problem
  }
}

describe("a watch", () => {
  test("says what is wrong from the first probe that fails to the first that succeeds", async () => {
    const part = new Watched()
    const watch = part.watch()
    watch.start()
    await part.clock.run(0)
    expect(watch.problem).toBeNull()

    part.problem = new Fault("LAKE_CORRUPT", "a file is missing")
    await part.clock.run(1000)
    expect(watch.problem).toMatchObject({ code: "LAKE_CORRUPT", message: "a file is missing" })

    part.problem = null
    await part.clock.run(1000)
    expect(watch.problem).toBeNull()
  })

  test("gives an error that is not a fault its own code", async () => {
    const part = new Watched()
    part.problem = new TypeError("x is not a function")
    const watch = part.watch()
    watch.start()
    await part.clock.run(0)

    expect(watch.problem).toMatchObject({ code: "HISTORY_UNAVAILABLE", message: "x is not a function" })
  })

  test("counts a probe without an answer as failed, and begins no other beside it", async () => {
    const part = new Watched()
    part.hangs = true
    const watch = part.watch()
    watch.start()
    await part.clock.run(4999)
    expect(watch.problem).toBeNull()

    await part.clock.run(60_000)
    expect(watch.problem?.message).toBe("no answer within 5000 ms")
    expect(part.probes).toEqual({ begun: 1, running: 1, ended: 1 })

    part.release()
    await part.clock.run(1000)
    expect(watch.problem).toBeNull()
    expect(part.probes.begun).toBe(2)
  })

  test("needs no probe while real work succeeds, which ends a problem at once", async () => {
    const part = new Watched()
    const watch = part.watch({ worked: () => part.work })
    part.problem = new Fault("HISTORY_UNAVAILABLE", "away")
    watch.start()
    await part.clock.run(0)
    expect(watch.problem?.message).toBe("away")

    part.work += 1
    expect(watch.problem).toBeNull()
    await part.clock.run(1000)
    expect(part.probes.begun).toBe(1)

    await part.clock.run(1000)
    expect(part.probes.begun).toBe(2)
    expect(watch.problem?.message).toBe("away")
  })

  test("logs a problem once it lasts, and its end, each once", async () => {
    const part = new Watched()
    const watch = part.watch()
    part.problem = new Fault("HISTORY_UNAVAILABLE", "away")
    watch.start()
    await part.clock.run(0)
    expect(part.logger.seen).toEqual([])

    await part.clock.run(10_000)
    expect(part.logger.seen).toEqual(["warn: lake: away"])

    part.problem = null
    await part.clock.run(10_000)
    expect(part.logger.seen).toEqual(["warn: lake: away", "info: lake: recovered"])
  })

  test("cancels its probe when it is stopped, and probes no more", async () => {
    const part = new Watched()
    part.hangs = true
    const watch = part.watch()
    watch.start()

    const stopping = watch.stop()
    expect(part.probes.ended).toBe(1)
    part.release()
    await stopping
    await part.clock.run(60_000)

    expect(part.probes.begun).toBe(1)
  })

  test("does not keep the process from ending when a probe never ends", async () => {
    const part = new Watched()
    part.hangs = true
    const watch = part.watch()
    watch.start()

    await part.clock.runFor(watch.stop())

    expect(part.probes).toEqual({ begun: 1, running: 1, ended: 1 })
  })
})
