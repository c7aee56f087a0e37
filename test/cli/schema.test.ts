import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { buildSchema, isObjectType } from "graphql"
import { describe, expect, test } from "vitest"
import { schema } from "../../src/cli/schema.js"
import { eventTypes } from "../../src/domain/events.js"
import { refusalCodes } from "../../src/domain/refusals.js"

const root = fileURLToPath(new URL("../..", import.meta.url))

describe("guildhall schema", () => {
  test("--check finds the checked-in files up to date", async () => {
    expect(await schema({ check: true })).toBe(0)
  })

  test("emits one file per event type", async () => {
    const files = await readdir(join(root, "schema", "events"))

    expect(files.toSorted()).toEqual(
      [...eventTypes.values()].map(({ name, version }) => `${name}.v${version}.json`).toSorted(),
    )
  })
})

describe("schema.graphql", () => {
  const emitted = async () => buildSchema(await readFile(join(root, "schema", "schema.graphql"), "utf8"))

  test("has every refusal code of the game", async () => {
    const type = (await emitted()).getType("RefusalCode")

    expect(type && "getValues" in type ? type.getValues().map(({ name }) => name) : []).toEqual(
      refusalCodes.toSorted(),
    )
  })

  test("has mutations whose fields may be null, each with a payload that implements Payload", async () => {
    const fields = Object.values((await emitted()).getMutationType()?.getFields() ?? {})

    expect(fields.length).toBeGreaterThan(5)
    for (const { type } of fields) {
      expect(isObjectType(type) && type.getInterfaces().map(({ name }) => name)).toEqual(["Payload"])
    }
  })

  test("describes what clients must know", async () => {
    const text = await readFile(join(root, "schema", "schema.graphql"), "utf8")

    for (const words of ["idempotencyKeys", "The rules say no", "Opaque", "at most 100", "2^53"]) {
      expect(text).toContain(words)
    }
  })
})
