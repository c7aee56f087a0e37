import { describe, expect, test } from "vitest"
import { counter, counterOf, gauge, histogram, info, oneOf } from "../../src/lib/metrics.js"
import type { ExposedSample } from "../support/exposition.js"
import { exposed } from "../support/metrics.js"

describe("a histogram", () => {
  test("counts a duration within each bound that it does not exceed", async () => {
    const calls = histogram("calls_seconds", "Calls.")

    for (const seconds of [0.001, 0.002, 0.0025, 0.1]) calls.observe(seconds)

    expect(await bucketsOf(calls)).toEqual({
      ...{ 0.001: 1, 0.0025: 3, 0.005: 3, 0.01: 3, 0.025: 3, 0.05: 3 },
      ...{ 0.1: 4, 0.25: 4, 0.5: 4, 1: 4, 2.5: 4, 5: 4, "+Inf": 4 },
    })
  })

  test("has a duration beyond the last bound in its count and sum", async () => {
    const calls = histogram("calls_seconds", "Calls.")

    calls.observe(1)
    calls.observe(60)

    expect(await bucketsOf(calls)).toMatchObject({ 5: 1, "+Inf": 2 })
    expect(await samplesOf(calls)).toContainEqual({ name: "calls_seconds_sum", labels: {}, value: 61 })
    expect(await samplesOf(calls)).toContainEqual({ name: "calls_seconds_count", labels: {}, value: 2 })
  })

  test("shows 0 for the series given, before the first one", async () => {
    const calls = histogram("calls_seconds", "Calls.", ["outcome"], [{ outcome: "failed" }])

    expect((await samplesOf(calls)).at(-1)).toEqual({
      ...{ name: "calls_seconds_count", labels: { outcome: "failed" }, value: 0 },
    })
  })
})

test("a counter shows 0 for the series given, and others once they have been counted", async () => {
  const calls = counter("calls_total", "Calls.", ["code"], [{ code: "OK" }])
  calls.inc({ code: "LATE" })

  expect(await samplesOf(calls)).toEqual([sample("calls_total", 0, "OK"), sample("calls_total", 1, "LATE")])
})

describe("a figure that is read", () => {
  test("is the one of the scrape", async () => {
    let offset = 5
    const metrics = [gauge("offset", "Read.", () => offset), counterOf("read_total", "Read.", () => offset)]
    expect(await samplesOf(...metrics)).toMatchObject([{ value: 5 }, { value: 5 }])

    offset = 3

    expect(await samplesOf(...metrics)).toMatchObject([{ value: 3 }, { value: 3 }])
  })

  test("has no sample while there is none", async () => {
    let offset: number | null = 5
    const metric = gauge("offset", "Read.", () => offset)
    expect(await samplesOf(metric)).toHaveLength(1)

    offset = null

    expect(await samplesOf(metric)).toEqual([])
  })

  test("has a sample for each value of its label, as long as it is there", async () => {
    let open: Record<string, number> = { a: 1, b: 2 }
    const metric = gauge("open", "Open.", () => open, "code")
    expect(await samplesOf(metric)).toEqual([sample("open", 1, "a"), sample("open", 2, "b")])

    open = { b: -1 }

    expect(await samplesOf(metric)).toEqual([sample("open", -1, "b")])
  })
})

test("a state is 1, the others 0", () => {
  expect(oneOf(["active", "failed"], "failed")).toEqual({ active: 0, failed: 1 })
})

test("what does not change is in labels", async () => {
  expect(await samplesOf(info("build", "Always 1.", { code: "1.0" }))).toEqual([sample("build", 1, "1.0")])
})

type Made = Parameters<typeof exposed>[0][number]

async function samplesOf(...metrics: Made[]): Promise<ExposedSample[]> {
  return [...(await exposed(metrics)).values()].flatMap(({ samples }) => samples)
}

async function bucketsOf(metric: Made): Promise<Record<string, number>> {
  const buckets = (await samplesOf(metric)).filter(({ labels }) => labels.le !== undefined)
  return Object.fromEntries(buckets.map(({ labels, value }) => [labels.le ?? "", value]))
}

function sample(name: string, value: number, code: string): ExposedSample {
  return { name, labels: { code }, value }
}
