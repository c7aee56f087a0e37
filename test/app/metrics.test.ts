import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { loadConfig } from "../../src/app/config.js"
import { realmMetrics } from "../../src/app/metrics.js"
import { openRealm } from "../../src/app/openRealm.js"
import { type RunningServer, startServer } from "../../src/server/server.js"
import { stubGame } from "../server/support/stubGame.js"
import { type ExposedMetric, parseExposition, valueIn } from "../support/exposition.js"
import { KeptLogger } from "../support/keptLogger.js"

const DOCS = new URL("../../docs/operations.md", import.meta.url)
const ALERTS = new URL("../../docs/alerts.yml", import.meta.url)

/** Prometheus asks for base units. */
const OTHER_UNITS = /_(ms|milliseconds|minutes|hours|kb|mb|percent)(_|$)/

let folder: string
let metrics: ReadonlyMap<string, ExposedMetric>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "guildhall-"))
  const config = loadConfig({ DATA_DIR: folder })
  const logger = new KeptLogger()
  const realm = await openRealm(config, { logger })
  let server: RunningServer | null = null
  try {
    await realm.commands.execute({
      name: "registerPlayer",
      input: { playerId: "alice", name: "Alice", region: "eu" },
    })
    await vi.waitFor(() => expect(realm.health.unready()).toEqual([]), { timeout: 10_000 })
    const place = { host: "127.0.0.1", port: 0 }
    server = await startServer({ ...place, game: stubGame(), logger, metrics: realmMetrics(config, realm) })
    metrics = parseExposition(await (await fetch(`${server.url}/metrics`)).text())
  } finally {
    await server?.close()
    await realm.close()
  }
})

afterAll(() => rm(folder, { recursive: true, force: true }))

describe("the metrics of a realm", () => {
  test("follow Prometheus' naming conventions", () => {
    for (const [name, { type, help }] of ours()) {
      expect(name).toMatch(/^guildhall_[a-z]+(_[a-z]+)*$/)
      expect(name).not.toMatch(OTHER_UNITS)
      expect([name, name.endsWith("_total")]).toEqual([name, type === "counter"])
      expect([name, /_duration_seconds$/.test(name)]).toEqual([name, type === "histogram"])
      expect(help).toMatch(/^[A-Z0-9].{10,}\.$/)
    }
  })

  test("have histograms whose buckets are cumulative, the last one holding everything", () => {
    const histograms = ours().filter(([, { type }]) => type === "histogram")
    for (const [name, { samples }] of histograms) {
      const buckets = samples.filter(sample => sample.name === `${name}_bucket`)
      for (const count of samples.filter(sample => sample.name === `${name}_count`)) {
        const own = buckets.filter(({ labels: { le: _, ...others } }) => sameLabels(others, count.labels))
        const values = own.map(({ value }) => value)
        expect(values).toEqual([...values].sort((a, b) => a - b))
        expect(own.at(-1)).toMatchObject({ labels: { le: "+Inf" }, value: count.value })
      }
    }
    expect(histograms.length).toBeGreaterThan(3)
  })

  test("say which build, realm and engines it is", () => {
    const labels = { realm: "0", log: "lmdb", views: "lmdb" }
    expect(valueIn(metrics, "guildhall_build_info", labels)).toBe(1)
    expect(metrics.get("guildhall_build_info")?.samples[0]?.labels.version).toMatch(/^\d+\.\d+\.\d+/)
  })

  test("cover every part", () => {
    const registered = { command: "registerPlayer", outcome: "effective" }
    expect(valueIn(metrics, "guildhall_commands_total", registered)).toBe(1)
    expect(valueIn(metrics, "guildhall_command_duration_seconds", { command: "registerPlayer" })).toBe(1)
    expect(valueIn(metrics, "guildhall_tail_offset")).toBe(2)
    expect(valueIn(metrics, "guildhall_engine_up", { engine: "views" })).toBe(1)
    expect(valueIn(metrics, "guildhall_projector_state", { state: "active" })).toBe(1)
    expect(metrics.has("guildhall_subscribers")).toBe(true)
    expect(valueIn(metrics, "guildhall_http_requests_open")).toBe(1)
    expect(valueIn(metrics, "guildhall_ready")).toBe(1)
  })

  test("are each explained in docs/operations.md with their labels, which explains no others", async () => {
    const text = await readFile(DOCS, "utf8")
    const rows = new Map(
      [...text.matchAll(/^\| `(guildhall_\w+)` (.*)$/gm)].map(([, name, row]) => [name, row]),
    )

    expect([...rows.keys()].sort()).toEqual(
      ours()
        .map(([name]) => name)
        .sort(),
    )
    for (const [name, { samples }] of ours()) {
      const labels = samples.flatMap(sample => Object.keys(sample.labels)).filter(label => label !== "le")
      for (const label of labels)
        expect([name, rows.get(name)]).toEqual([name, expect.stringContaining(`\`${label}\``)])
    }
  })
})

test("docs/alerts.yml uses only metrics and labels that exist", async () => {
  const text = await readFile(ALERTS, "utf8")
  const asked = [...text.matchAll(/(guildhall_\w+?)(?:_bucket)?(?:\{(\w+)="(\w+)"|\b)/g)]

  for (const [, name = "", label, value] of asked) {
    const { samples = [] } = metrics.get(name) ?? {}
    const found = samples.filter(({ labels }) => label === undefined || labels[label] === value)
    // The label of a fault appears with the first such fault.
    if (value !== "fault") expect([name, label, found.length > 0]).toEqual([name, label, true])
    else expect(samples[0]?.labels).toHaveProperty(label ?? "")
  }
  expect(asked.length).toBeGreaterThan(8)
})

function ours(): [string, ExposedMetric][] {
  return [...metrics].filter(([name]) => name.startsWith("guildhall_"))
}

type Labels = ExposedMetric["samples"][number]["labels"]

function sameLabels(one: Labels, other: Labels): boolean {
  return JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort())
}
