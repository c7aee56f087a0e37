import { describe, expect, test } from "vitest"
import { tableColumns } from "../../src/lake/columns.js"
import { addOf, lakePath, planFiles } from "../../src/lander/files.js"
import type { Table } from "../../src/ports/parquet.js"
import { JsonParquetWriter, readJsonParquet } from "../fakes/parquet.js"
import { Chain } from "../log/support/judging.js"
import { bought, granted, registered } from "../support/events.js"
import { batchOf } from "./support/batches.js"

const alice = "player/alice"
const midnight = Date.UTC(2024, 0, 2)

function offsetsIn({ blocks }: Table) {
  return blocks.flatMap(({ values, order }) => order.map(row => values.get("log_offset")?.[row]))
}

async function twoDays() {
  const chain = new Chain().add([alice], [registered("alice"), granted("alice", 5)])
  chain.add([alice], [granted("alice", 7)])
  return batchOf(chain, { start: 1, at: offset => midnight - 2 + offset })
}

async function planned() {
  const batch = await twoDays()
  let ids = 0
  return { batch, plans: await planFiles(batch, 7, tableColumns(), () => `id${++ids}`) }
}

describe("the files of a batch", () => {
  test("are one per day, in the day's folder; each name contains realm and offsets and is used once", async () => {
    const { plans } = await planned()

    expect(plans.map(({ path }) => path)).toEqual([
      "dt=2024-01-01/7-1-3-id1.parquet",
      "dt=2024-01-02/7-1-3-id2.parquet",
    ])
    expect(plans.map(({ table }) => offsetsIn(table))).toEqual([[1, 1], [2]])
    expect(plans.map(lakePath)[0]).toBe("events/dt=2024-01-01/7-1-3-id1.parquet")
  })

  test("are none for a batch without rows", async () => {
    const batch = await batchOf(new Chain().addGarbage())

    expect(await planFiles(batch, 0, tableColumns(), () => "id")).toEqual([])
  })
})

describe("the table of a file", () => {
  test("is sorted by type, player, offset, and has null where an event has no such field", async () => {
    const chain = new Chain()
      .add(["player/bob"], [registered("bob")])
      .add([alice], [registered("alice")])
      .add(["player/bob"], [bought("bob", "dagger", 25)])
      .add([alice], [bought("alice", "katana", 200), bought("alice", "dagger", 25)])
      .add(["player/bob"], [bought("bob", "katana", 200)])

    const [plan] = await planFiles(await batchOf(chain), 0, tableColumns(), () => "id")
    if (plan === undefined) throw new Error("no plan")

    const bytes = await new JsonParquetWriter().write(plan.table)
    const rows = readJsonParquet(bytes).rows.map(row => [
      row.type,
      row.player,
      row.log_offset,
      row.event_index,
      row.price,
    ])
    expect(rows).toEqual([
      ["PlayerRegistered", "alice", 2, 0, null],
      ["PlayerRegistered", "bob", 1, 0, null],
      ["SwordBought", "alice", 4, 0, 200],
      ["SwordBought", "alice", 4, 1, 25],
      ["SwordBought", "bob", 3, 0, 25],
      ["SwordBought", "bob", 5, 0, 200],
    ])
  })
})

describe("the action that adds a file to the table", () => {
  test("states its day and size, and where its rows come from", async () => {
    const { batch, plans } = await planned()
    const [plan] = plans
    if (plan === undefined) throw new Error("no plan")

    const add = addOf(plan, 1234, batch, 7, 99)

    expect(add).toMatchObject({
      path: plan.path,
      partitionValues: { dt: "2024-01-01" },
      size: 1234,
      modificationTime: 99,
      dataChange: true,
      tags: { realm: "7", start: "1", end: "3", hash: batch.last.hash, at: `${midnight}` },
    })
  })

  test("counts rows and nulls, and states no min and max, which made readers lose rows", async () => {
    const { batch, plans } = await planned()
    const [plan] = plans
    if (plan === undefined) throw new Error("no plan")

    const stats = JSON.parse(addOf(plan, 1, batch, 7, 0).stats ?? "")

    expect(Object.keys(stats)).toEqual(["numRecords", "nullCount"])
    expect(stats.numRecords).toBe(2)
    expect(stats.nullCount).toMatchObject({ log_offset: 0, amount: 1, gold: 1, sword_type: 2 })
    expect(Object.keys(stats.nullCount)).toEqual(tableColumns().map(({ name }) => name))
  })
})
