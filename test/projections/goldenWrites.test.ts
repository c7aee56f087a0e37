import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { readableTypes } from "../../src/domain/events.js"
import type { Judged } from "../../src/log/judged.js"
import type { Checkpoint, ViewWrites } from "../../src/ports/viewStore.js"
import { generationName } from "../../src/projections/checkpointText.js"
import { FoldedTypes } from "../../src/projections/foldedTypes.js"
import { FOLD_VERSION } from "../../src/projections/foldVersion.js"
import { project } from "../../src/projections/projection.js"
import { TEST_LAG_MAX } from "../log/support/judging.js"
import { genesisOf, judgedFrom, RecordedLog } from "../log/support/recordedLog.js"

/** A log as builds wrote it, and what the projection writes for it: see test/golden/README.md. */
interface GoldenLog {
  readonly name: string
  readonly lines: readonly string[]
  /** The hash of all writes, by fold version. */
  readonly writes: Readonly<Record<string, string>>
}

const folder = fileURLToPath(new URL("../golden/logs/", import.meta.url))

const goldenLogs: readonly GoldenLog[] = readdirSync(folder)
  .filter(file => file.endsWith(".log"))
  .map(file => file.slice(0, -".log".length))
  .map(name => ({
    name,
    lines: readFileSync(`${folder}${name}.log`, "utf8").trimEnd().split("\n"),
    writes: JSON.parse(readFileSync(`${folder}${name}.json`, "utf8")).writes,
  }))

/** Short, so that buckets of keys are dropped. In milliseconds of key time. */
const KEY_RETENTION = 4_000

describe("what the projection writes for a golden log", () => {
  test.each(goldenLogs)("$name is that of its fold version", async ({ name, lines, writes }) => {
    const found = hashOf(await writesOf(lines))

    const advice = `Views of fold version ${FOLD_VERSION} would mean something else now. Raise FOLD_VERSION, and add its hash`
    expect(found, `${advice} to test/golden/logs/${name}.json`).toBe(writes[FOLD_VERSION])
  })

  test("has every event type that this build reads, in every version", async () => {
    const types = new FoldedTypes()
    for (const { lines } of goldenLogs) for (const { effect } of await judgedOf(lines)) types.take(effect)

    expect(types.lists.folded).toEqual([...readableTypes].sort())
  })
})

function judgedOf(lines: readonly string[]): Promise<Judged[]> {
  const at = lines.map(line => Number(line.slice(0, line.indexOf(" "))))
  const bytes = lines.map(line => Buffer.from(line.slice(line.indexOf(" ") + 1)))
  return judgedFrom(new RecordedLog(bytes, { at: offset => at[offset] ?? 0 }), TEST_LAG_MAX, 0)
}

/** One swap per record, so that intermediate states count too. */
async function writesOf(lines: readonly string[]): Promise<ViewWrites[]> {
  const documents = { aggregates: new Map(), purchases: new Map() }
  const generation = generationName(FOLD_VERSION, 1)
  const place = { genesis: genesisOf(TEST_LAG_MAX), generation, keyRetention: KEY_RETENTION }
  let from: Checkpoint | null = null
  const all: ViewWrites[] = []
  for (const record of await judgedOf(lines)) {
    const { to, writes } = project([record], documents, { ...place, from })
    all.push(writes)
    from = to
  }
  return all
}

function hashOf(all: readonly ViewWrites[]): string {
  const text = all.map(writes => JSON.stringify({ ...writes, documents: documentsOf(writes) }))
  return createHash("sha256").update(text.join("\n")).digest("hex")
}

/** The reason why an aggregate froze is text for people: better wording needs no new fold version. */
function documentsOf({ documents }: ViewWrites): unknown[] {
  return [...documents].sort().map(([name, text]) => {
    const { frozen, ...document } = JSON.parse(text)
    return [name, document, frozen === undefined ? null : { ...frozen, reason: "" }]
  })
}
