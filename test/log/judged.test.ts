import { describe, expect, test } from "vitest"
import { makeEvent } from "../../src/domain/events.js"
import { encodeGenesis, recordHash } from "../../src/log/codec.js"
import type { CommandRecord, Commit } from "../../src/log/commit.js"
import { genesisOf, judgedFrom, RecordedLog, recordsOf } from "./support/recordedLog.js"

const LAG_MAX = 4
const HOLE = new Uint8Array()
const GARBAGE = Buffer.from("no record of ours")

describe("the judged reader", () => {
  test("begins one record before the judge's warm-up, for the first key step", async () => {
    const log = new RecordedLog(
      recordsOf(
        LAG_MAX,
        Array.from({ length: 20 }, () => GARBAGE),
      ),
    )

    await judgedFrom(log, LAG_MAX, 15)
    await judgedFrom(log, LAG_MAX, 2)

    expect(log.reads).toEqual([15 - LAG_MAX - 1, 0])
  })

  test("yields nothing of its warm-up", async () => {
    const log = new RecordedLog(recordsOf(LAG_MAX, [GARBAGE, GARBAGE, GARBAGE]), { batches: [1] })

    const judged = await judgedFrom(log, LAG_MAX, 2)

    expect(judged.map(({ offset }) => offset)).toEqual([2, 3])
  })

  test("gives offset, time, size and hash of every record", async () => {
    const log = new RecordedLog(recordsOf(LAG_MAX, [GARBAGE]), { at: offset => 5000 + offset })

    const [, second] = await judgedFrom(log, LAG_MAX, 0)

    expect(second).toMatchObject({
      offset: 1,
      at: 5001,
      size: GARBAGE.length,
      hash: recordHash(GARBAGE),
    })
  })

  test("counts the genesis at offset 0; any later one is dead", async () => {
    const log = new RecordedLog(recordsOf(LAG_MAX, [encodeGenesis({ ...genesisOf(LAG_MAX), logId: "late" })]))

    const judged = await judgedFrom(log, LAG_MAX, 0)

    expect(judged.map(({ verdict }) => verdict)).toEqual(["genesis", "dead"])
    expect(judged[1]?.reason).toContain("too late")
  })

  test("gives holes and garbage as dead, with a reason, at an offset like any other", async () => {
    const commit = commitOn({ "player/alice": null }, { seen: 1 })
    const log = new RecordedLog(recordsOf(LAG_MAX, [HOLE, GARBAGE, commit]))

    const judged = await judgedFrom(log, LAG_MAX, 1)

    expect(judged.map(({ offset, verdict }) => [offset, verdict])).toEqual([
      [1, "dead"],
      [2, "dead"],
      [3, "effective"],
    ])
    expect(judged[0]?.reason).toContain("hole")
    expect(judged[1]?.reason).toContain("checksum")
  })

  test("gives a hole the hash and time of the last record before it, from any start and whatever a reader guesses", async () => {
    const holes = Array.from({ length: 3 * LAG_MAX }, () => HOLE)
    const records = recordsOf(LAG_MAX, [GARBAGE, HOLE, GARBAGE, ...holes, GARBAGE, HOLE])
    let guess = 0
    const at = (offset: number) => (records[offset]?.length === 0 ? ++guess * 10_000 : 1000 + 100 * offset)
    const reader = () => new RecordedLog(records, { at, batches: [1, 3] })

    const judged = await judgedFrom(reader(), LAG_MAX, 0)

    for (const { offset, hash, at, keyStep } of judged) {
      const before = records.findLastIndex((bytes, index) => index <= offset && bytes.length > 0)
      expect({ offset, hash, at }).toEqual({
        offset,
        hash: recordHash(records[before] ?? HOLE),
        at: 1000 + 100 * before,
      })
      if (before < offset) expect(keyStep).toBe(0)
    }
    for (let from = 1; from < records.length; from++) {
      expect(await judgedFrom(reader(), LAG_MAX, from)).toEqual(judged.slice(from))
    }
  })

  test("gives each key step from the previous record, in the warm-up or not, from 0 to 1 s", async () => {
    const times = [0, 100, 100, 90, 5090, 5091, 4000, 4400]
    const log = new RecordedLog(
      recordsOf(
        LAG_MAX,
        Array.from({ length: 7 }, () => GARBAGE),
      ),
      {
        at: offset => times[offset] ?? 0,
      },
    )
    const steps = async (from: number) => (await judgedFrom(log, LAG_MAX, from)).map(({ keyStep }) => keyStep)

    const all = await steps(0)

    expect(all).toEqual([0, 100, 0, 0, 1000, 1, 0, 400])
    for (let from = 1; from < times.length; from++) expect(await steps(from)).toEqual(all.slice(from))
  })

  test("gives an effect to effective commits alone, and numbers the events across their commands", async () => {
    const left = makeEvent("GuildLeft", { player: "alice", guild: "knights" })
    const dissolved = makeEvent("GuildDissolved", { player: "alice", guild: "knights" })
    const bought = makeEvent("GoldGranted", { player: "alice", amount: 5, reason: "x" })
    const commands: CommandRecord[] = [
      { id: "alice/1", digest: "d1", events: [left, dissolved] },
      { id: "alice/2", digest: "d2", events: [bought] },
    ]
    const on = { "player/alice": null, "guild/knights": null }
    const first = commitOn(on, { seen: 1, id: "c1", commands })
    const second = commitOn(on, { seen: 1, id: "c2", commands })
    const log = new RecordedLog(recordsOf(LAG_MAX, [first, second]))

    const [won, lost] = await judgedFrom(log, LAG_MAX, 1)

    expect(won?.effect).toMatchObject({
      kind: "events",
      commands: [
        { id: "alice/1", firstIndex: 0 },
        { id: "alice/2", firstIndex: 2 },
      ],
    })
    expect(lost).toMatchObject({ verdict: "superseded", linked: [], effect: null })
  })
})

function commitOn(on: Commit["on"], rest: Partial<Commit> = {}): Commit {
  return { id: "c1", seen: 0, at: 0, on, commands: [], ...rest }
}
