import { expect, test } from "vitest"
import { decodeKeyEntry, encodeKeyEntry } from "../../src/projections/keyEntry.js"
import { granted, registered } from "../support/events.js"

const command = { id: "alice/k", digest: "d", offset: 7, at: 5, firstIndex: 2 }

test("a key's entry gives its command back, without personal fields", () => {
  const { personal, ...event } = registered("alice")
  expect(personal).toEqual({ name: "Name of alice" })

  const text = encodeKeyEntry({ ...command, events: [registered("alice"), granted("alice", 5)] })

  expect(decodeKeyEntry("alice/k", text)).toEqual({ ...command, events: [event, granted("alice", 5)] })
  expect(text).not.toContain("Name of alice")
})

test("an entry with an event that this build cannot read is refused", () => {
  const text = encodeKeyEntry({ ...command, events: [granted("alice", 5)] })

  expect(() => decodeKeyEntry("alice/k", text.replace("GoldGranted", "DragonTamed"))).toThrow("DragonTamed")
})
