import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { DuckdbCheckpointFiles } from "../../../src/adapters/duckdb/checkpointFiles.js"
import { Database } from "../../../src/adapters/duckdb/database.js"
import type { Action } from "../../../src/lake/delta/actions.js"
import { DeltaTable } from "../../../src/lake/delta/table.js"
import type { JsonAction } from "../../../src/ports/checkpointFiles.js"
import { FakeClock, seeded } from "../../fakes/clock.js"
import { FakeLakeServer } from "../../fakes/lake.js"
import { checkpointPath, commitPath } from "../../lander/support/deltaLog.js"
import { faultOf } from "../../support/fault.js"

let database: Database
let files: DuckdbCheckpointFiles

beforeAll(async () => {
  database = await Database.open()
  files = new DuckdbCheckpointFiles(database)
})

afterAll(() => database.close())

const protocol = { minReaderVersion: 1, minWriterVersion: 2 }
const metaData = {
  id: "table",
  name: "events",
  description: "what happened",
  format: { provider: "parquet", options: {} },
  schemaString: '{"type":"struct","fields":[{"name":"dt","type":"string","nullable":true,"metadata":{}}]}',
  partitionColumns: ["dt"],
  configuration: { "delta.appendOnly": "false" },
  createdTime: 1_700_000_000_000,
}
const add = {
  path: "dt=2024-01-01/0-0-5-a.parquet",
  partitionValues: { dt: "2024-01-01" },
  size: 2 ** 40,
  modificationTime: 1_700_000_000_000,
  dataChange: true,
  stats: '{"numRecords":1,"nullCount":{"price":1}}',
  tags: { realm: "0", start: "0", end: "5", hash: "cafe", at: "7" },
}
const bare = {
  path: "theirs.parquet",
  partitionValues: { dt: null },
  size: 0,
  modificationTime: 0,
  dataChange: false,
}
const remove = { path: "gone.parquet", deletionTimestamp: 5, dataChange: false, size: 3 }
const txn = { appId: "guildhall/0/log-1", version: 2 ** 53 - 1, lastUpdated: 9 }

async function roundTrip(actions: readonly JsonAction[]) {
  return files.decode(await files.encode(actions))
}

describe("a checkpoint of DuckDB", () => {
  test("is a Parquet file", async () => {
    const bytes = Buffer.from(await files.encode([{ protocol }]))

    expect(bytes.subarray(0, 4).toString()).toBe("PAR1")
    expect(bytes.subarray(-4).toString()).toBe("PAR1")
  })

  test("holds every action unchanged: nothing that was not written, maps with their nulls", async () => {
    const actions = [{ protocol }, { metaData }, { txn }, { add }, { add: bare }, { remove }]

    expect(await roundTrip(actions)).toEqual(actions)
  })

  test("holds text with quotes, line breaks and signs of any language", async () => {
    const tags = { "a'b\"c": "line\nbreak\\ 🗡️ \u0000é" }

    expect(await roundTrip([{ add: { ...add, tags } }])).toEqual([{ add: { ...add, tags } }])
  })

  test("of a table that holds nothing is one", async () => {
    expect(await roundTrip([{ protocol }])).toEqual([{ protocol }])
  })

  test("of some thousand files comes back complete, in order", async () => {
    const actions = Array.from({ length: 5000 }, (_, i) => ({ add: { ...add, path: `${i}` } }))

    expect(await roundTrip([{ protocol }, ...actions])).toEqual([{ protocol }, ...actions])
  })

  test("is read with columns that we do not know, as others write them", async () => {
    const bytes = await database.written(path =>
      database.connected(connection =>
        connection.run(`COPY (SELECT {'appId': 'a', 'version': 1::BIGINT} AS txn, NULL::STRUCT(x INTEGER) AS sidecar)
          TO '${path}' (FORMAT parquet)`),
      ),
    )

    expect(await files.decode(bytes)).toEqual([{ txn: { appId: "a", version: 1 } }])
  })

  test.each([
    ["nothing", async () => Buffer.of()],
    ["garbage", async () => Buffer.from("PAR1 garbage PAR1")],
    ["half of one", async () => (await files.encode([{ protocol }, { add }])).subarray(0, 200)],
    ["another Parquet file", async () => otherParquet()],
  ])("is refused when it is %s", async (_, make) => {
    await expect(files.decode(await make())).rejects.toThrow()
  })
})

function otherParquet(): Promise<Uint8Array> {
  return database.written(path =>
    database.connected(connection => connection.run(`COPY (SELECT 1 AS one) TO '${path}' (FORMAT parquet)`)),
  )
}

describe("a table with such checkpoints", () => {
  function begin() {
    const server = new FakeLakeServer({ clock: new FakeClock(), random: seeded(1) })
    const commit = (version: number, actions: readonly Action[]) => {
      const lines = actions.map(action => `${JSON.stringify(action)}\n`)
      server.folders.write(commitPath(version), Buffer.from(lines.join("")))
    }
    // The clock moves while DuckDB works, which takes real time.
    const done = async <T>(promise: Promise<T>): Promise<T> => {
      let isOver = false
      const end = () => {
        isOver = true
      }
      promise.then(end, end)
      while (!isOver) await (server.clock as FakeClock).run(1)
      return promise
    }
    const table = () => new DeltaTable(server.connect("a"), files, "events")
    return { server, commit, table, done }
  }

  test("is read from one as from the commits that it replaces", async () => {
    const { server, commit, table, done } = begin()
    commit(0, [{ protocol }, { metaData }, { add }, { txn }])
    commit(1, [{ remove: { ...remove, path: add.path } }, { add: { ...add, path: "b" } }])
    const writer = table()
    await done(writer.refresh())
    await done(writer.writeCheckpoint())
    for (const version of [0, 1]) server.folders.delete(commitPath(version))

    const reader = table()
    await done(reader.refresh())

    expect(reader.snapshot.version).toBe(1)
    expect(reader.snapshot.actions()).toEqual(writer.snapshot.actions())
  })

  test("that is torn is LAKE_CORRUPT, naming it", async () => {
    const { server, commit, table, done } = begin()
    commit(0, [{ protocol }, { metaData }, { add }])
    const writer = table()
    await done(writer.refresh())
    await done(writer.writeCheckpoint())
    const whole = server.folders.read(checkpointPath(0)) ?? Buffer.of()
    server.folders.write(checkpointPath(0), whole.subarray(0, whole.length - 9))

    expect(await done(faultOf(table().refresh()))).toMatchObject({
      code: "LAKE_CORRUPT",
      message: expect.stringContaining(checkpointPath(0)),
    })
  })
})
