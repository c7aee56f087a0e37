import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { eventTypes } from "../../src/domain/events.js"
import { runCli } from "../cli/support/runCli.js"
import { temporaryFolder } from "../support/folder.js"
import { freePort, Guildhall } from "../support/guildhall.js"

/** The queries of docs/lake.md, by their view. */
const queries = [...readFileSync("docs/lake.md", "utf8").matchAll(/^\| `(\w+)` \| `(SELECT .*)` \|$/gm)]

/** What the demo world has no example of. */
const ABSENT = ["guild_leaves", "guild_dissolutions"]

test("each query of docs/lake.md runs as printed on the demo world, which has events of almost every type", async () => {
  const settings = { DATA_DIR: await temporaryFolder(), PORT: await freePort(), LOG_LEVEL: "warn" }
  const server = await Guildhall.serve(settings, ["--demo"])
  await expect.poll(() => server.output, { timeout: 60_000 }).toContain("Three things to try")
  expect(await server.stop()).toBe(0)

  const counts = new Map<string, number>()
  for (const [, view = "", query = ""] of queries) {
    const { code, lines } = await runCli(["sql", query, "--format", "json"], settings)
    expect({ view, code }).toEqual({ view, code: 0 })
    counts.set(view, (JSON.parse(lines.join("\n")) as { rowCount: number }).rowCount)
  }

  expect([...counts.keys()]).toEqual([...eventTypes.values()].map(({ sqlView }) => sqlView))
  expect([...counts].filter(([, rows]) => rows === 0).map(([view]) => view)).toEqual(ABSENT)
})
