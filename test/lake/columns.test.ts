import { describe, expect, test } from "vitest"
import { type EventType, eventTypes } from "../../src/domain/events.js"
import { integer, personal, playerId, visibleText } from "../../src/domain/kinds.js"
import { columnName, landedFields, tableColumns } from "../../src/lake/columns.js"

function withType(name: string, fields: EventType["fields"]): ReadonlyMap<string, EventType> {
  const shape = { version: 1, fields: { player: playerId, ...fields }, changing: [], upcasters: {} }
  const type = { name, sqlView: name.toLowerCase(), ...shape }
  return new Map([...eventTypes, [name, type]])
}

describe("the table's columns", () => {
  test("are those of every row, then the union of the events' fields, each once", () => {
    const names = tableColumns().map(({ name }) => name)

    expect(names.slice(0, 8)).toEqual([
      "realm",
      "log_offset",
      "event_index",
      "type",
      "player",
      "version",
      "appended_at",
      "written_at",
    ])
    expect(names).toContain("sword_type")
    expect(names).toContain("price")
    expect(names.filter(name => name === "guild")).toHaveLength(1)
    expect(new Set(names).size).toBe(names.length)
  })

  // Shows R28.
  test("grow by a new type's field, declared in one place", () => {
    const columns = tableColumns(
      withType("DragonTamed", { dragonName: visibleText(10), heads: integer(1, 9) }),
    )

    expect(columns.slice(tableColumns().length)).toEqual([
      { name: "dragon_name", kind: "text" },
      { name: "heads", kind: "integer" },
    ])
  })

  // Shows R29.
  test("hold nothing personal", () => {
    const secret = withType("Secret", { realName: personal(visibleText(10)) })

    expect(tableColumns(secret).map(({ name }) => name)).not.toContain("real_name")
    const registered = eventTypes.get("PlayerRegistered")
    if (registered === undefined) throw new Error("no such type")
    expect(landedFields(registered).map(({ field }) => field)).toEqual(["region", "gold", "health"])
  })

  test("have one kind for one name across all types", () => {
    expect(() => tableColumns(withType("Odd", { price: visibleText(10) }))).toThrow(/Odd.price.*gold.*text/)
  })

  test("use no name of a base column", () => {
    expect(() => tableColumns(withType("Odd", { logOffset: integer(0, 1) }))).toThrow(/log_offset/)
    expect(() => tableColumns(withType("Odd", { dt: visibleText(10) }))).toThrow(/dt/)
  })

  test.each([
    ["swordType", "sword_type"],
    ["price", "price"],
    ["aBC", "a_b_c"],
  ])("%s is %s in SQL", (field, column) => {
    expect(columnName(field)).toBe(column)
  })
})
