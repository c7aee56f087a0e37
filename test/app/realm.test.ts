import { expect, test } from "vitest"
import { startRealm } from "../../src/app/realm.js"
import { FakeClock, ProcessClock, seeded } from "../fakes/clock.js"
import { FakeLogServer } from "../fakes/logServer.js"
import { FakeViewServer } from "../fakes/viewStore.js"
import { KeptLogger } from "../support/keptLogger.js"
import { realmSettings } from "../support/realm.js"

/** Refuses the timer of the sweep, which the commands need, the last part to start. */
class NoSweep extends ProcessClock {
  open = 0

  override after(delayMs: number, call: () => void): () => void {
    if (delayMs === 20) throw new Error("no timer is left")
    this.open += 1
    let end = () => {
      end = () => {}
      this.open -= 1
    }
    const cancel = super.after(delayMs, () => {
      end()
      call()
    })
    return () => {
      end()
      cancel()
    }
  }
}

test("a start that fails half way stops what it has started, in reverse order", async () => {
  const clock = new FakeClock(0)
  const process = new NoSweep(clock)
  const tools = { clock: process, random: seeded(1) }
  const log = new FakeLogServer(tools).connect("process", process)
  const viewStore = new FakeViewServer(tools).connect("process")
  const logger = new KeptLogger()
  const reads: AbortSignal[] = []
  const read = log.read.bind(log)
  const stopped: string[] = []
  log.read = (from, signal) => {
    reads.push(signal)
    signal.addEventListener("abort", () => stopped.push("a read of the log"))
    return read(from, signal)
  }
  logger.info = fields => {
    if ("to" in fields && fields.to === "stopped") stopped.push("the projector")
  }
  const ports = { log, viewStore, lake: null, ...tools, newId: () => "id", logger }
  const settings = realmSettings({ roles: new Set(["api", "projector"]) })

  const starting = startRealm(ports, settings, new AbortController().signal)

  await expect(clock.runFor(starting)).rejects.toThrow("no timer is left")
  expect(stopped).toEqual(["the projector", "a read of the log"])
  expect(process.open).toBe(0)
  expect(reads.at(-1)?.aborted).toBe(true)
})
