import { describe, expect, test } from "vitest"
import { watchViews } from "../../src/health/watches.js"
import { SILENT } from "../../src/ports/logger.js"
import { viewStoreMetrics, viewsMetrics } from "../../src/projections/metrics.js"
import { tailMetrics } from "../../src/tail/metrics.js"
import { Chain } from "../log/support/judging.js"
import { granted, registered } from "../support/events.js"
import { faultOf } from "../support/fault.js"
import { valueFrom } from "../support/metrics.js"
import { TailWorld } from "./support/world.js"

const alice = "player/alice"
const READ = "guildhall_log_records_read_total"

describe("the metrics of the tail", () => {
  test("show how far it has read, and how many records by verdict", async () => {
    const { metrics, append } = await begin()
    await append(chain => chain.add([alice], [registered("alice")]).addGarbage())

    expect(await valueFrom(metrics, "guildhall_tail_offset")).toBe(3)
    expect(await valueFrom(metrics, "guildhall_log_head_offset")).toBe(3)
    expect(await valueFrom(metrics, READ, { verdict: "genesis" })).toBe(1)
    expect(await valueFrom(metrics, READ, { verdict: "effective" })).toBe(1)
    expect(await valueFrom(metrics, READ, { verdict: "dead" })).toBe(1)
    expect(await valueFrom(metrics, READ, { verdict: "superseded" })).toBe(0)
  })

  test("show the lag behind a head reported to it", async () => {
    const { world, metrics } = await begin()
    expect(await valueFrom(metrics, "guildhall_tail_lag_records")).toBe(0)

    world.tail.noteHead(8)

    expect(await valueFrom(metrics, "guildhall_tail_lag_records")).toBe(7)
  })

  test("show the buffer, and where it begins once it evicts records", async () => {
    const { metrics, append } = await begin({ bufferBytesMax: 5000 })
    const before = await valueFrom(metrics, "guildhall_tail_buffer_bytes")
    await append(chain => chain.add([alice], [registered("alice")]))
    expect(await valueFrom(metrics, "guildhall_tail_buffer_bytes")).toBeGreaterThan(before)
    expect(await valueFrom(metrics, "guildhall_tail_buffer_first_offset")).toBe(0)

    for (let i = 0; i < 10; i++) await append(chain => chain.add([alice], [granted("alice", 1)]))

    expect(await valueFrom(metrics, "guildhall_tail_buffer_first_offset")).toBeGreaterThan(0)
    expect(await valueFrom(metrics, "guildhall_tail_buffer_bytes")).toBeLessThanOrEqual(5000)
  })
})

describe("the metrics of the views", () => {
  test("show how many records and seconds they are behind, and nothing once they are not", async () => {
    const { world, metrics, append } = await begin()
    await append(chain => chain.add([alice], [registered("alice")]))
    await world.clock.run(3000)
    await append(chain => chain.add([alice], [granted("alice", 1)]))
    await world.clock.run(500)
    await world.clock.runFor(world.views.refresh())
    expect(await valueFrom(metrics, "guildhall_views_offset")).toBe(1)
    expect(await valueFrom(metrics, "guildhall_projection_lag_records")).toBe(2)
    expect(await valueFrom(metrics, "guildhall_projection_lag_seconds")).toBe(3.5)

    await world.project()
    await world.clock.runFor(world.views.refresh())

    expect(await valueFrom(metrics, "guildhall_views_offset")).toBe(3)
    expect(await valueFrom(metrics, "guildhall_projection_lag_records")).toBe(0)
    expect(await valueFrom(metrics, "guildhall_projection_lag_seconds")).toBe(0)
  })

  test("count the calls of the store, failed ones separately", async () => {
    const { world, metrics } = await begin()
    const calls = (outcome: string) =>
      valueFrom(metrics, "guildhall_view_store_read_duration_seconds", { outcome })
    const before = await calls("answered")
    await world.clock.runFor(world.views.refresh())
    expect(await calls("answered")).toBe(before + 1)

    world.viewServer.cut("views")
    await faultOf(world.clock.runFor(world.views.refresh()))

    expect(await calls("failed")).toBe(1)
    expect(await calls("answered")).toBe(before + 1)
  })

  test("show the store's fill, as of the last look", async () => {
    const { world, watch, metrics } = await begin()
    world.viewServer.share = 0.75
    await world.clock.run(1000)
    expect(await valueFrom(metrics, "guildhall_view_store_used_ratio")).toBe(0.75)
    await world.clock.runFor(watch.stop())
  })
})

/** A tail that has read the genesis, which the views have too. */
async function begin(options: { bufferBytesMax?: number } = {}) {
  const world = new TailWorld(options)
  const { tail, views, probe, clock } = world
  tail.start()
  await clock.run(0)
  await world.project()
  const watch = watchViews({ views: probe, clock, logger: SILENT })
  watch.start()
  await clock.run(0)
  const metrics = [...tailMetrics(tail), ...viewsMetrics(tail, views), ...viewStoreMetrics(probe)]
  const chain = new Chain()
  const append = (more: (chain: Chain) => Chain) => {
    const before = chain.records.length
    return world.append(more(chain).records.slice(before))
  }
  return { world, watch, metrics, append }
}
