import { describe, expect, test } from "vitest"
import type { Lander } from "../../src/lander/lander.js"
import { LandingLag } from "../../src/lander/landingLag.js"
import { landerMetrics, landingMetrics } from "../../src/lander/metrics.js"
import { Chain } from "../log/support/judging.js"
import { granted, registered } from "../support/events.js"
import { valueFrom } from "../support/metrics.js"
import { LAND_WITHIN_MS, World } from "./support/world.js"

const alice = "player/alice"

/** A world with three records, and a lander of them. */
function begin() {
  const world = new World()
  const chain = new Chain().add([alice], [registered("alice")]).add([alice], [granted("alice", 5)])
  world.append(chain)
  const lander = world.lander("a", {})
  return { world, lander, metrics: metricsOf(world, lander) }
}

function metricsOf(world: World, lander: Lander) {
  const log = {
    get head() {
      return world.log.records.length
    },
    appendedAt: (offset: number) => world.log.records[offset]?.at ?? null,
  }
  const lag = new LandingLag({
    ...{ log, clock: world.clock, landWithinMs: LAND_WITHIN_MS },
    landed: () => lander.landed,
  })
  return [...landerMetrics(lander), ...landingMetrics(lag)]
}

describe("the metrics of a lander", () => {
  test("show how far the lake is behind the log, in records and seconds", async () => {
    const { world, lander, metrics } = begin()
    expect(await valueFrom(metrics, "guildhall_landed_offset")).toBe(0)
    expect(await valueFrom(metrics, "guildhall_landing_lag_records")).toBe(3)
    const waited = await valueFrom(metrics, "guildhall_landing_lag_seconds")
    await world.clock.run(5000)
    expect(await valueFrom(metrics, "guildhall_landing_lag_seconds")).toBe(waited + 5)

    await world.done(lander.landUpTo(3))

    expect(await valueFrom(metrics, "guildhall_landed_offset")).toBe(3)
    expect(await valueFrom(metrics, "guildhall_landing_lag_records")).toBe(0)
    expect(await valueFrom(metrics, "guildhall_landing_lag_seconds")).toBe(0)
  })

  test("count files, rows and bytes of what it landed", async () => {
    const { world, lander, metrics } = begin()

    await world.done(lander.landUpTo(3))

    expect(await valueFrom(metrics, "guildhall_lander_files_total")).toBe(1)
    expect(await valueFrom(metrics, "guildhall_lander_rows_total")).toBe(2)
    expect(await valueFrom(metrics, "guildhall_lander_bytes_total")).toBeGreaterThan(0)
    expect(await valueFrom(metrics, "guildhall_landing_duration_seconds")).toBe(1)
  })

  test("show its state, its trouble with a full lake, and how often it retried", async () => {
    const { world, lander, metrics } = begin()
    world.lake.isFull = true
    void lander.start()
    await world.clock.run(2 * LAND_WITHIN_MS)
    expect(await valueFrom(metrics, "guildhall_lander_troubled")).toBe(1)
    expect(await valueFrom(metrics, "guildhall_lander_retries_total")).toBeGreaterThan(0)
    expect(await valueFrom(metrics, "guildhall_lander_state", { state: "active" })).toBe(1)

    world.lake.isFull = false
    await world.clock.run(2 * LAND_WITHIN_MS)

    expect(await valueFrom(metrics, "guildhall_lander_troubled")).toBe(0)
    await world.done(lander.stop())
    expect(await valueFrom(metrics, "guildhall_lander_state", { state: "active" })).toBe(0)
    expect(await valueFrom(metrics, "guildhall_lander_state", { state: "stopped" })).toBe(1)
  })
})
