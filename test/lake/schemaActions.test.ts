import { describe, expect, test } from "vitest"
import { BASE_COLUMNS, tableColumns } from "../../src/lake/columns.js"
import { type Action, type MetaData, type StructField, schemaString } from "../../src/lake/delta/actions.js"
import { Snapshot } from "../../src/lake/delta/snapshot.js"
import { schemaActions } from "../../src/lake/schemaActions.js"
import type { Column } from "../../src/ports/parquet.js"

const newId = () => "table-id"

function actionsFor(snapshot: Snapshot, columns: readonly Column[] = tableColumns()): Action[] {
  return schemaActions(snapshot, columns, newId, 5)
}

/** A table as our first commit makes it, changed. */
function tableOf(columns: readonly Column[], change: (metaData: MetaData) => Partial<MetaData> = () => ({})) {
  const snapshot = new Snapshot()
  snapshot.apply(0, actionsFor(snapshot, columns))
  const { metaData } = snapshot
  if (metaData === null) throw new Error("no metaData")
  snapshot.apply(1, [{ metaData: { ...metaData, ...change(metaData) } }])
  return snapshot
}

function fieldsOf(actions: readonly Action[]): readonly StructField[] {
  const schema = actions.find(({ metaData }) => metaData)?.metaData?.schemaString
  return JSON.parse(schema ?? '{"fields":[]}').fields
}

function field(name: string, type: unknown, nullable = true): StructField {
  return { name, type, nullable, metadata: { comment: "theirs" } }
}

describe("the first commit", () => {
  test("creates the table: reader 1, writer 2, by day, each column nullable, the day last", () => {
    const actions = actionsFor(new Snapshot())

    expect(actions.map(action => Object.keys(action))).toEqual([["protocol"], ["metaData"]])
    expect(actions[0]?.protocol).toEqual({ minReaderVersion: 1, minWriterVersion: 2 })
    expect(actions[1]?.metaData).toMatchObject({
      id: "table-id",
      format: { provider: "parquet", options: {} },
      partitionColumns: ["dt"],
      configuration: {},
      createdTime: 5,
    })
    const fields = fieldsOf(actions)
    expect(fields.map(({ name }) => name)).toEqual([...tableColumns().map(({ name }) => name), "dt"])
    expect(fields.every(({ nullable }) => nullable)).toBe(true)
  })

  test("names Delta's types", () => {
    const kinds = {
      realm: "integer",
      log_offset: "long",
      type: "string",
      appended_at: "timestamp",
      price: "long",
    }
    const fields = fieldsOf(actionsFor(new Snapshot()))

    for (const [name, type] of Object.entries(kinds)) {
      expect(fields.find(one => one.name === name)).toMatchObject({ type })
    }
  })
})

describe("a later commit", () => {
  test("changes nothing in a table that has all our columns", () => {
    expect(actionsFor(tableOf(tableColumns()))).toEqual([])
  })

  test("adds the columns that the table lacks, after those it has, under the same id", () => {
    const old = tableOf(
      BASE_COLUMNS,
      () => ({ configuration: { "delta.appendOnly": "false" }, description: "mine" }) as never,
    )

    const [action, ...others] = actionsFor(old, [...BASE_COLUMNS, { name: "heads", kind: "integer" }])

    expect(others).toEqual([])
    expect(action?.metaData).toMatchObject({
      id: "table-id",
      configuration: { "delta.appendOnly": "false" },
      description: "mine",
    })
    expect(fieldsOf([action ?? {}]).map(({ name }) => name)).toEqual([
      ...BASE_COLUMNS.map(({ name }) => name),
      "dt",
      "heads",
    ])
  })

  test("keeps columns of others, and of newer builds, as they are", () => {
    const theirs = [field("note", "string"), field("scores", { type: "array", elementType: "long" }, false)]
    const shared = tableOf(BASE_COLUMNS, ({ schemaString: schema }) => ({
      schemaString: schemaString([...JSON.parse(schema).fields, ...theirs]),
    }))

    expect(actionsFor(shared, BASE_COLUMNS)).toEqual([])
    const fields = fieldsOf(actionsFor(shared, [...BASE_COLUMNS, { name: "heads", kind: "integer" }]))
    expect(fields).toEqual(expect.arrayContaining(theirs))
    expect(fields.at(-1)?.name).toBe("heads")
  })

  test("is refused where a column of ours has another type: LAKE_CORRUPT", () => {
    const other = tableOf(BASE_COLUMNS, () => ({ schemaString: schemaString([field("price", "double")]) }))

    expect(() => actionsFor(other)).toThrow(
      expect.objectContaining({
        code: "LAKE_CORRUPT",
        message: expect.stringMatching(/price.*long.*double/),
      }),
    )
  })

  test("is refused where the table is not partitioned as ours: LAKE_CORRUPT", () => {
    const other = tableOf(BASE_COLUMNS, () => ({ partitionColumns: [] }))

    expect(() => actionsFor(other)).toThrow(
      expect.objectContaining({ code: "LAKE_CORRUPT", message: expect.stringContaining("partitioned") }),
    )
  })
})
