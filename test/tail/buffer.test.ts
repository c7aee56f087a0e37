import { describe, expect, test } from "vitest"
import type { Judged } from "../../src/log/judged.js"
import { RecordBuffer } from "../../src/tail/buffer.js"
import { Chain } from "../log/support/judging.js"
import { granted, registered } from "../support/events.js"

const alice = "player/alice"
const bob = "player/bob"

describe("the buffer", () => {
  test("covers every offset from its beginning to the tail, both included", () => {
    const buffer = new RecordBuffer(10)
    expect([9, 10, 11].map(offset => buffer.covers(offset))).toEqual([false, true, false])

    buffer.push(dead(10))

    expect([9, 10, 11, 12].map(offset => buffer.covers(offset))).toEqual([false, true, true, false])
    expect([buffer.from, buffer.end]).toEqual([10, 11])
  })

  test("returns the record of an offset, and those from there on", async () => {
    const buffer = filled(await history())

    expect(buffer.record(2)?.offset).toBe(2)
    expect(buffer.record(99)).toBeUndefined()
    expect([...buffer.since(3)].map(({ offset }) => offset)).toEqual([3, 4, 5])
  })

  test("finds the records that name an aggregate, whatever their verdict", async () => {
    const buffer = filled(await history())

    expect(offsets(buffer.about(alice, 0))).toEqual([1, 3, 4])
    expect(offsets(buffer.about(alice, 3))).toEqual([3, 4])
    expect(offsets(buffer.about(bob, 0))).toEqual([2, 4])
    expect(offsets(buffer.about("player/carol", 0))).toEqual([])
  })

  test("finds a command that happened, at an offset or later", async () => {
    const buffer = filled(await history())

    expect(buffer.command("alice/k3", 0)).toMatchObject({ offset: 3, at: 3 })
    expect(buffer.command("alice/k3", 3)).toBeDefined()
    expect(buffer.command("alice/k3", 4)).toBeUndefined()
    expect(buffer.command("rival/k4", 0)).toBeUndefined()
  })

  test("finds the last of several commands under one id", async () => {
    const chain = new Chain()
    const same = { commands: [{ id: "alice/k", digest: "d", events: [registered("alice")] }] }
    chain.add([alice], [], same)
    chain.add([alice], [], { commands: [{ id: "alice/k", digest: "d", events: [granted("alice", 1)] }] })

    const buffer = filled(await chain.judged())

    expect(buffer.command("alice/k", 2)?.offset).toBe(2)
    expect(buffer.command("alice/k", 0)?.offset).toBe(2)
  })
})

describe("a full buffer", () => {
  test("evicts the oldest records, and all index entries that pointed to them", async () => {
    const judged = await history()
    const room = roomFor(judged.slice(3))

    const buffer = filled(judged, room)

    expect([buffer.from, buffer.end, buffer.evicting]).toEqual([3, 6, true])
    expect(buffer.bytes).toBeLessThanOrEqual(room)
    expect(buffer.covers(2)).toBe(false)
    expect(buffer.record(2)).toBeUndefined()
    expect([...buffer.since(0)].map(({ offset }) => offset)).toEqual([3, 4, 5])
    expect(offsets(buffer.about(alice, 0))).toEqual([3, 4])
    expect(offsets(buffer.about(bob, 0))).toEqual([4])
    expect(buffer.command("bob/k2", 0)).toBeUndefined()
    expect(buffer.command("alice/k3", 0)).toBeDefined()
  })

  test("keeps a command whose second occurrence is not evicted", async () => {
    const chain = new Chain()
    chain.add([alice], [], { commands: [{ id: "alice/k", digest: "d", events: [registered("alice")] }] })
    chain.add([alice], [], { commands: [{ id: "alice/k", digest: "d", events: [granted("alice", 1)] }] })
    const judged = await chain.judged()

    const buffer = filled(judged, roomFor(judged.slice(2)))

    expect(buffer.from).toBe(2)
    expect(buffer.command("alice/k", 0)?.offset).toBe(2)
  })

  test("keeps at least one record, however large", () => {
    const buffer = new RecordBuffer(0, 10)

    buffer.push({ ...dead(0), size: 1_000_000 })
    buffer.push({ ...dead(1), size: 1_000_000 })

    expect([buffer.from, buffer.end]).toEqual([1, 2])
  })

  test("stays within its bound over any number of records", async () => {
    const [, , record] = await history()
    const room = 20_000
    const buffer = new RecordBuffer(0, room)

    for (let offset = 0; offset < 5000; offset++) {
      if (record !== undefined) buffer.push({ ...record, offset })
      expect(buffer.bytes).toBeLessThanOrEqual(room)
    }

    expect(buffer.end).toBe(5000)
    expect(offsets(buffer.about(bob, 0)).at(0)).toBe(buffer.from)
  })
})

/** 0 genesis, 1 alice, 2 bob, 3 alice, 4 a rival that loses on both, 5 garbage. */
function history(): Promise<Judged[]> {
  return new Chain()
    .add([alice], [registered("alice")])
    .add([bob], [registered("bob")])
    .add([alice], [granted("alice", 1)])
    .addRival({ [alice]: null, [bob]: null })
    .addGarbage()
    .judged()
}

function filled(judged: readonly Judged[], bytesMax?: number): RecordBuffer {
  const buffer = new RecordBuffer(0, bytesMax)
  for (const record of judged) buffer.push(record)
  return buffer
}

/** How many bytes these records take in a buffer. */
function roomFor(judged: readonly Judged[]): number {
  return filled(judged).bytes
}

function offsets(records: Iterable<Judged>): number[] {
  return [...records].map(({ offset }) => offset)
}

function dead(offset: number): Judged {
  const none = { commit: null, linked: [], effect: null, reason: "x" }
  return { offset, at: 0, keyStep: 0, size: 10, hash: "", verdict: "dead", ...none }
}
