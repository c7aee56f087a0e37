import { describe, expect, test } from "vitest"
import {
  type Action,
  checkedAction,
  decodeActions,
  encodeActions,
  parseSchema,
  schemaString,
  structFields,
} from "../../../src/lake/delta/actions.js"

const add = { path: "dt=2024-01-01/a.parquet", partitionValues: { dt: "2024-01-01" }, size: 5 }
const metaData = { id: "t", schemaString: '{"type":"struct","fields":[]}', partitionColumns: ["dt"] }

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8")

describe("a commit", () => {
  test("is one action per line, and is read as it was written", () => {
    const actions: Action[] = [
      { commitInfo: { timestamp: 1, operation: "WRITE", uuid: "u" } },
      { txn: { appId: "guildhall/0/log", version: 7, lastUpdated: 1 } },
    ]

    const bytes = encodeActions(actions)

    expect(text(bytes).split("\n")).toEqual([...actions.map(action => JSON.stringify(action)), ""])
    expect(decodeActions(bytes)).toEqual(actions)
  })

  test("may have empty lines, lines without an end, and actions that we do not know", () => {
    const lines = ['{"cdc":{"path":"x"}}', "", '{"txn":{"appId":"a","version":0}}']

    expect(decodeActions(Buffer.from(lines.join("\r\n")))).toEqual([
      { cdc: { path: "x" } },
      { txn: { appId: "a", version: 0 } },
    ])
  })

  test.each(["{", "7", "null", "[]", '"text"', "{} {}"])(
    "with %s in a line is refused, naming the line",
    wrong => {
      expect(() => decodeActions(Buffer.from(`{}\n${wrong}\n`))).toThrow(/line 2/)
    },
  )

  test("cut short is refused", () => {
    const bytes = encodeActions([{ add: { ...add, modificationTime: 0, dataChange: true } }])

    for (const length of [1, 20, bytes.length - 2]) {
      expect(() => decodeActions(bytes.subarray(0, length))).toThrow(SyntaxError)
    }
  })
})

describe("an action", () => {
  test.each([
    { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
    { metaData },
    { add },
    { add: { ...add, partitionValues: { dt: null }, stats: null, tags: null } },
    { add: null, remove: { path: "x" } },
    { txn: { appId: "a", version: 0 } },
    { commitInfo: {} },
    {},
  ])("%j is accepted unchanged", action => {
    expect(checkedAction(action, "row 1")).toEqual(action)
  })

  test.each([
    [
      { protocol: { minReaderVersion: "1", minWriterVersion: 2 } },
      "protocol has an invalid minReaderVersion",
    ],
    [{ protocol: 5 }, "protocol is not an object"],
    [{ metaData: { ...metaData, schemaString: "{" } }, "metaData has an invalid schemaString"],
    [{ metaData: { ...metaData, schemaString: '{"type":"map"}' } }, "metaData has an invalid schemaString"],
    [{ metaData: { ...metaData, partitionColumns: "dt" } }, "metaData has an invalid partitionColumns"],
    [{ add: { ...add, path: "" } }, "add has an invalid path"],
    [{ add: { ...add, size: -1 } }, "add has an invalid size"],
    [{ add: { path: "a", size: 1 } }, "add has an invalid partitionValues"],
    [{ remove: {} }, "remove has an invalid path"],
    [{ txn: { appId: "a", version: 0.5 } }, "txn has an invalid version"],
    [{ txn: { version: 1 } }, "txn has an invalid appId"],
    [{ commitInfo: "x" }, "commitInfo is not an object"],
  ])("%j is refused, saying where", (action, problem) => {
    expect(() => checkedAction(action, "row 3")).toThrow(`row 3: ${problem}`)
  })
})

test("a schema's fields are our columns with Delta's types, then the day, and are read as they were written", () => {
  const fields = structFields([
    { name: "a", kind: "text" },
    { name: "b", kind: "gold" },
    { name: "c", kind: "flag" },
    { name: "d", kind: "time" },
    { name: "e", kind: "integer" },
  ])

  expect(fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
    "a string",
    "b long",
    "c boolean",
    "d timestamp",
    "e integer",
    "dt string",
  ])
  expect(parseSchema(schemaString(fields))).toEqual(fields)
})
