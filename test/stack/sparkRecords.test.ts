import fc from "fast-check"
import { expect, test } from "vitest"
import { decode } from "../../src/log/codec.js"
import { mutated } from "../log/support/mutated.js"
import { genesisOf } from "../log/support/recordedLog.js"
import { record } from "../log/support/records.js"
import { bought, registered } from "../support/events.js"
import { runs } from "../support/runs.js"
import { runSpark } from "./support/spark.js"

const COMMIT = {
  id: "c1",
  seen: 3,
  at: 5,
  on: { "player/alice": null, "guild/knights": "c0" },
  commands: [
    { id: "alice/k", digest: "d", events: [registered("alice"), bought("alice", "katana", 150)] },
    { id: "alice/l", digest: "d", events: [] },
  ],
}

/** Texts that languages read differently. */
const ODD = [
  '{"id":"c","seen":1.0,"at":1e3,"on":{"a":null},"commands":[]}',
  '{"id":"c","seen":9007199254740993,"at":0,"on":{"a":null},"commands":[]}',
  '{"id":"c","seen":0,"at":-0,"on":{"a":null,"a":"b"},"commands":[]}',
  `{"id":"c","seen":0,"at":0,"on":{"a":null},"commands":[],"more":${"9".repeat(5000)}}`,
  '{"id":"c","seen":0,"at":0,"on":{"a":null},"commands":[],"more":1e999}',
  '{"id":"c","seen":0,"at":0,"on":{"a":null},"commands":[],"more":NaN}',
  '{"id":"\\ud800","seen":0,"at":0,"on":{"a":null},"commands":[]}',
  '\ufeff{"id":"c","seen":0,"at":0,"on":{"a":null},"commands":[]}',
  '{"id":"c","seen":0,"at":0,"on":{"a":null},"commands":[],"genesis":null}',
  "01",
  '"a\tb"',
]

/** As spark/tests/decoded.py prints it: JSON knows no -0. */
function described(bytes: Uint8Array): unknown {
  const decoded = decode(bytes)
  if (decoded.kind === "dead") return null
  if (decoded.kind === "genesis")
    return [decoded.genesis.logId, decoded.genesis.realm, decoded.genesis.lagMax]
  const { seen, at, on, commands } = decoded.commit
  const versions = commands.flatMap(({ events }) => events.map(({ v }) => v))
  return [seen, at, Object.keys(on).length, versions]
}

test("Spark's decoder says of any record what the game's decoder says", async () => {
  const broken = fc.oneof(mutated(COMMIT), mutated({ genesis: genesisOf(4) }))
  // Without the texts that are nested more deeply than Python reads: there the job stops.
  const texts = [...ODD, ...fc.sample(broken, runs(2000))].filter(text => !text.includes("<deep>"))
  const bytes = [...texts.map(record), Buffer.from("garbage"), Buffer.from("00000000 {}")]

  const input = bytes.map(each => Buffer.from(each).toString("hex")).join("\n")
  const { code, output } = await runSpark(["tests/decoded.py"], {}, input)

  expect(code, output).toBe(0)
  const said = output.trimEnd().split("\n")
  expect(said.length).toBe(bytes.length)
  const different = bytes.flatMap((each, i) => {
    const expected = JSON.stringify(described(each))
    const found = JSON.stringify(JSON.parse(said[i] ?? "null"))
    return found === expected ? [] : [{ record: Buffer.from(each).toString(), expected, found }]
  })
  expect(different).toEqual([])
  const dead = said.filter(line => line === "null").length
  expect(dead).toBeGreaterThan(20)
  expect(said.length - dead).toBeGreaterThan(20)
})
