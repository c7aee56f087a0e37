import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { KafkaSettingsError } from "../../src/adapters/kafka/errors.js"
import { FolderError } from "../../src/adapters/lmdb/folderError.js"
import { adviceOn } from "../../src/cli/advice.js"
import { Fault } from "../../src/ports/faults.js"

const page = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8")

describe("what an operator has to fix", () => {
  test.each([
    new Fault("LOG_TRUNCATED", "cut"),
    new Fault("AGGREGATE_FROZEN", "frozen"),
    new Fault("NEEDS_NEWER_BUILD", "newer"),
    new FolderError("DAMAGED", "damaged"),
    new FolderError("TRUNCATED", "cut"),
    new KafkaSettingsError("retention.ms", "deletes"),
  ])("$code leads to a section of the operators' page", error => {
    const [, section] = /docs\/operations\.md, (\w+)$/.exec(adviceOn(error) ?? "") ?? []

    expect(page.split("\n")).toContain(`## ${section}`)
  })

  test.each(["HELD", "MISSING", "OTHER_FORMAT"] as const)("%s is advised in the message itself", code => {
    expect(adviceOn(new FolderError(code, "folder"))).toMatch(/DATA_DIR/)
  })
})

test.each([new Fault("LOG_UNAVAILABLE", "away"), new Fault("BAD_USER_INPUT", "bad"), new Error("a bug")])(
  "%s: nothing more can be said than its message does",
  error => {
    expect(adviceOn(error)).toBeNull()
  },
)
