import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { DEFAULT_MIX, parseMix } from "../../../src/load/mix.js"
import type { RunOptions } from "../../../src/load/options.js"
import { partsOf, runGenerators } from "../../../src/load/processes/generators.js"
import { isGood } from "../../../src/load/result.js"
import { Stop } from "../../../src/load/stop.js"
import { sourceGenerators } from "../../cli/support/generators.js"
import { type Lie, startLyingServer } from "../../cli/support/lyingServer.js"
import { runLoad } from "../../cli/support/runLoad.js"
import { temporaryFolder } from "../../support/folder.js"

/** So that what goes wrong shows soon. */
const MANY = { processes: 3, players: 12, zipf: 1, within: 15_000 }

const OPTIONS: RunOptions = {
  ...{ players: 100, zipf: 1.5, concurrency: 64, duration: 3_600_000, warmUp: 0, within: 15_000 },
  ...{
    seed: 1,
    mix: parseMix(DEFAULT_MIX),
    transport: "http",
    prefix: "load",
    subscribers: 0,
    verify: false,
  },
}

describe("a load by several processes", () => {
  it("is one run: every command is sent once, and every promise is verified", async () => {
    const players = new Set<string>()
    const keys = new Set<string>()
    const url = await startLyingServer((asked, forward) => {
      const { playerId, founderId, idempotencyKey } = asked.variables.input ?? {}
      if (playerId ?? founderId) players.add(String(playerId ?? founderId))
      if (/-\d+$/.test(String(idempotencyKey))) keys.add(`${playerId ?? founderId} ${idempotencyKey}`)
      return forward(asked)
    })
    const page = join(await temporaryFolder(), "page.html")
    const { start, all } = sourceGenerators()

    const { code, printed } = await runLoad(url, { ...MANY, html: page, runId: "r" }, start)

    expect({ code, died: printed.died, shown: printed.shown }).toEqual({ code: 0, died: [], shown: [] })
    expect(printed).toMatchObject({ runId: "r", verified: true, commands: 150 })
    expect(keys.size).toBe(150)
    expect([...players].sort()).toEqual(Array.from({ length: 12 }, (_, i) => `load-1-p${i}`).sort())
    expect(all).toHaveLength(3)
    expect(await readFile(page, "utf8")).toContain("processes</th><td>3<")
  })

  it("finds what one of them finds wrong", async () => {
    let purchases = 0
    const lie: Lie = async (asked, forward) => {
      const answer = await forward(asked)
      if (asked.name !== "buySword") return answer
      purchases += 1
      return purchases === 5 ? JSON.parse(JSON.stringify(answer).replace(/"price":\d+/, '"price":7')) : answer
    }

    const { code, printed } = await runLoad(await startLyingServer(lie), MANY, sourceGenerators().start)

    expect({ code, wrong: printed.wrongAnswers }).toEqual({ code: 1, wrong: 1 })
    expect(printed.shown.join("\n")).toMatch(/got [a-z-]+ for 7/)
  })

  it("fails if one dies: the others end and report, and it says which one and why", async () => {
    const generators = sourceGenerators()
    let purchases = 0
    const url = await startLyingServer((asked, forward) => {
      if (asked.name === "buySword") purchases += 1
      if (purchases === 40) generators.all[1]?.kill("SIGKILL")
      return forward(asked)
    })

    const endless = { ...MANY, count: 1_000_000 }
    const { code, printed } = await runLoad(url, endless, generators.start)

    expect(code).toBe(1)
    expect(printed.died).toEqual(["generator process 2 of 3: was ended by SIGKILL"])
    expect(printed.shown).toEqual(printed.died)
    expect(printed.commands).toBeGreaterThan(20)
    // What the others were promised is true.
    expect(printed).toMatchObject({ wrongAnswers: 0, failed: 0, differences: 0, verified: false })
    for (const child of generators.all) expect(child.exitCode ?? child.signalCode).not.toBeNull()
  })

  it("stops all its processes when it is to stop, and reports what they did", async () => {
    const stop = new Stop()
    let purchases = 0
    const url = await startLyingServer((asked, forward) => {
      if (asked.name === "buySword") purchases += 1
      if (purchases === 40) stop.stop()
      return forward(asked)
    })
    const { start } = sourceGenerators()
    const progress = { update() {}, end() {} }

    const result = await runGenerators({ ...OPTIONS, verify: true }, 2, {
      urls: [url],
      stop,
      progress,
      start,
    })

    expect({ good: isGood(result), shown: result.shown }).toEqual({ good: true, shown: [] })
    expect(result.run?.measured.effective).toBeGreaterThan(20)
  })

  it("says why in one line if none could begin", async () => {
    const url = await startLyingServer(async () => ({ data: { swords: [], monsters: [] } }))

    await expect(runLoad(url, MANY, sourceGenerators().start)).rejects.toThrow(
      "generator process 1 of 3: the servers sell no swords: the load needs some",
    )
  })
})

describe("the parts of the processes", () => {
  const options: RunOptions = {
    ...{ players: 100, zipf: 1.5, concurrency: 64, rate: 1000, count: 10_000, warmUp: 0, within: 1000 },
    ...{
      seed: 1,
      mix: parseMix(DEFAULT_MIX),
      transport: "http",
      prefix: "load",
      subscribers: 0,
      verify: false,
    },
  }

  it("add up to the whole", () => {
    const parts = partsOf(options, 3)

    expect(parts.map(one => one.process)).toEqual([0, 1, 2].map(index => ({ index, of: 3 })))
    const total = (of: (one: RunOptions) => number | undefined) =>
      parts.reduce((sum, one) => sum + (of(one) ?? 0), 0)
    expect(total(one => one.concurrency)).toBe(64)
    expect(total(one => one.count)).toBe(10_000)
    expect(total(one => one.rate)).toBeCloseTo(1000, 9)
    // The first player of a Zipf law with exponent 1.5 has 41 % of the first hundred's commands.
    expect((parts[0]?.rate ?? 0) / 1000).toBeCloseTo(0.41, 2)
  })

  it("leave out what was not asked for", () => {
    const { rate, count, ...endless } = options

    for (const part of partsOf(endless, 2)) {
      expect(part).not.toHaveProperty("rate")
      expect(part).not.toHaveProperty("count")
    }
    expect([rate, count]).toEqual([1000, 10_000])
  })
})
