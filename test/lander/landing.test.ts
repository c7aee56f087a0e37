import { describe, expect, test } from "vitest"
import { BASE_COLUMNS, tableColumns } from "../../src/lake/columns.js"
import type { Action } from "../../src/lake/delta/actions.js"
import { ProcessClock } from "../fakes/clock.js"
import { readJsonParquet } from "../fakes/parquet.js"
import { Chain } from "../log/support/judging.js"
import { bought, granted, registered } from "../support/events.js"
import { faultOf } from "../support/fault.js"
import { batchOf } from "./support/batches.js"
import { noReply, publishing } from "./support/publishing.js"
import { APP_ID, GENESIS, World } from "./support/world.js"

const alice = "player/alice"
const HOUR_MS = 3_600_000

/** The genesis, a registration, a grant. */
function played(): Chain {
  return new Chain().add([alice], [registered("alice")]).add([alice], [granted("alice", 5)])
}

/** What another program's append or optimize looks like. */
function foreign(...actions: Action[]): Action[] {
  return [{ commitInfo: { timestamp: 0, operation: "WRITE", engineInfo: "delta-rs" } }, ...actions]
}

function kindsOf(actions: readonly Action[] = []): string[] {
  return actions.flatMap(action => Object.keys(action))
}

describe("a landing", () => {
  test("creates the table with the first commit: info, protocol, schema, files, number of rows, how far", async () => {
    const world = new World()
    const batch = await batchOf(played())

    expect(await world.done(world.landing("a").land(batch))).toBe("landed")

    expect(world.versions).toHaveLength(1)
    expect(kindsOf(world.last?.actions)).toEqual(["commitInfo", "protocol", "metaData", "add", "txn", "txn"])
    expect(world.landed).toBe(3)
    expect(world.places).toEqual(["1-0", "2-0"])
  })

  test("later commits only files, number of rows and how far", async () => {
    const world = new World()
    const chain = played()
    const landing = world.landing("a")
    await world.done(landing.land(await batchOf(chain, { end: 2 })))

    await world.done(landing.land(await batchOf(chain, { start: 2 })))

    expect(kindsOf(world.last?.actions)).toEqual(["commitInfo", "add", "txn", "txn"])
    expect(world.last?.actions.at(-1)?.txn).toEqual({
      appId: APP_ID,
      version: 3,
      lastUpdated: world.clock.now(),
    })
    expect(world.places).toEqual(["1-0", "2-0"])
  })

  test("of records without events commits how far, without a file", async () => {
    const world = new World()

    await world.done(world.landing("a").land(await batchOf(new Chain().addGarbage())))

    expect(world.landed).toBe(2)
    expect(world.parquetFiles).toEqual([])
  })

  test("writes a file for each day, however many", async () => {
    const world = new World()
    const chain = new Chain().add([alice], [registered("alice")])
    for (let i = 0; i < 30; i++) chain.add([alice], [granted("alice", 5)])

    const batch = await batchOf(chain, { at: offset => Date.UTC(2024, 0, 1 + offset) })
    await world.done(world.landing("a").land(batch))

    expect(world.last?.files.size).toBe(31)
    expect(world.places).toHaveLength(31)
  })

  test("shows nothing before it is published", async () => {
    const world = new World()
    world.lake.faults = { ...world.lake.faults, latencyMs: [100, 100] }
    const landing = world.landing("a").land(await batchOf(played()))
    await world.clock.runUntil(() => world.parquetFiles.length > 0)

    expect(world.versions).toEqual([])

    await world.done(landing)
    expect(world.places).toEqual(["1-0", "2-0"])
  })
})

describe("a version that others took is tried again as the next one", () => {
  test("after appends and optimizes of others, with the same files", async () => {
    const world = new World()
    const chain = played()
    const landing = world.landing("a")
    await world.done(landing.land(await batchOf(chain, { end: 2 })))
    const [[path, add] = []] = world.last?.files ?? []
    if (path === undefined || add === undefined) throw new Error("no file")
    // Unseen by the landing until it has lost: between its look and its publishing.
    const optimized = { ...add, path: "dt=2024-01-01/theirs.parquet", dataChange: false }
    const remove = { path, deletionTimestamp: 0, dataChange: false }
    const bytes = world.lake.folders.read(`events/${path}`)
    const rival = world.landing("a", {
      through: publishing((to, content, put) => {
        if (world.versions.length === 1) {
          world.lake.folders.write("events/dt=2024-01-01/theirs.parquet", Buffer.from(bytes ?? []))
          world.commit(1, foreign({ remove }, { add: optimized }))
        }
        return put(to, content)
      }),
    })

    expect(await world.done(rival.land(await batchOf(chain, { start: 2 })))).toBe("landed")

    expect(world.versions).toHaveLength(3)
    expect(world.landed).toBe(3)
    expect(world.places).toEqual(["1-0", "2-0"])
    expect(world.parquetFiles).toHaveLength(3)
  })

  test("the columns are computed again then: what others added stays", async () => {
    const world = new World()
    const chain = played()
    await world.done(world.landing("old", { columns: BASE_COLUMNS }).land(await batchOf(chain, { end: 2 })))
    const theirs = world.last?.actions.find(({ metaData }) => metaData)?.metaData
    if (theirs === undefined) throw new Error("no metaData")
    const schema = JSON.parse(theirs.schemaString)
    schema.fields.push({ name: "note", type: "string", nullable: true, metadata: {} })
    const landing = world.landing("new", {
      through: publishing((to, content, put) => {
        if (world.versions.length === 1) {
          world.commit(1, foreign({ metaData: { ...theirs, schemaString: JSON.stringify(schema) } }))
        }
        return put(to, content)
      }),
    })

    expect(await world.done(landing.land(await batchOf(chain, { start: 2 })))).toBe("landed")

    const columns = world.last?.columns ?? []
    expect(columns).toContain("note")
    expect(columns).toEqual(expect.arrayContaining(tableColumns().map(({ name }) => name)))
    expect(columns.slice(0, BASE_COLUMNS.length)).toEqual(BASE_COLUMNS.map(({ name }) => name))
  })
})

test("a made-up field is a column from the commit on that has its first file; old files stay as they are", async () => {
  const world = new World()
  const chain = played()
  await world.done(world.landing("old").land(await batchOf(chain, { end: 2 })))
  const columns = [...tableColumns(), { name: "dragon_heads", kind: "integer" } as const]

  await world.done(world.landing("new", { columns }).land(await batchOf(chain, { start: 2 })))

  expect(world.versions.map(version => version.columns.includes("dragon_heads"))).toEqual([false, true])
  expect(kindsOf(world.last?.actions)).toEqual(["commitInfo", "metaData", "add", "txn", "txn"])
  const files = [...(world.last?.files.keys() ?? [])].map(path => world.lake.folders.read(`events/${path}`))
  const present = files.map(bytes => readJsonParquet(bytes ?? Buffer.of()).names.includes("dragon_heads"))
  expect(present).toEqual([false, true])
  // A build that does not know the field continues to land, and removes nothing.
  chain.add([alice], [granted("alice", 6)])
  await world.done(world.landing("old").land(await batchOf(chain, { start: 3 })))
  expect(world.last?.columns).toContain("dragon_heads")
})

describe("a lander of offsets that another has landed", () => {
  test("gets `moved`, publishes nothing, and deletes nothing", async () => {
    const world = new World()
    const chain = played()
    const slow = world.landing("slow")
    await world.done(slow.land(await batchOf(chain, { end: 1 })))
    await world.done(world.landing("fast").land(await batchOf(chain, { start: 1, end: 2 })))

    expect(await world.done(slow.land(await batchOf(chain, { start: 1 })))).toBe("moved")

    expect(world.versions).toHaveLength(2)
    expect(world.places).toEqual(["1-0"])
    expect(world.parquetFiles).toHaveLength(2)
  })

  test("gets it from the version that it loses", async () => {
    const world = new World()
    const chain = played()
    world.lake.faults = { ...world.lake.faults, latencyMs: [10, 10] }
    const batch = await batchOf(chain)

    const outcomes = await world.done(
      Promise.all(["a", "b", "c"].map(name => world.landing(name).land(batch))),
    )

    expect(outcomes.toSorted()).toEqual(["landed", "moved", "moved"])
    expect(world.places).toEqual(["1-0", "2-0"])
  })

  test("wakes after two hours: its late publishing harms nothing", async () => {
    const world = new World()
    const chain = played()
    world.lake.faults = { ...world.lake.faults, latencyMs: [10, 10] }
    const process = new ProcessClock(world.clock)
    const zombie = world.landing("zombie", { process }).land(await batchOf(chain))
    await world.clock.runUntil(() => world.parquetFiles.length > 0)
    process.pause()
    await world.done(world.landing("other").land(await batchOf(chain, { end: 2 })))
    await world.clock.run(2 * HOUR_MS)

    process.resume()

    expect(await world.done(zombie)).toBe("moved")
    expect(world.versions).toHaveLength(1)
    expect(world.places).toEqual(["1-0"])
  })
})

describe("a reply that is lost", () => {
  test("is resolved by reading: our commit is there", async () => {
    const world = new World()
    const through = publishing(async (to, content, put) => {
      await put(to, content)
      throw noReply()
    })

    expect(await world.done(world.landing("a", { through }).land(await batchOf(played())))).toBe("landed")

    expect(world.versions).toHaveLength(1)
    expect(world.places).toEqual(["1-0", "2-0"])
  })

  test("is resolved even when others have committed since", async () => {
    const world = new World()
    const through = publishing(async (to, content, put) => {
      await put(to, content)
      world.commit(1, foreign())
      throw noReply()
    })

    expect(await world.done(world.landing("a", { through }).land(await batchOf(played())))).toBe("landed")

    expect(world.versions).toHaveLength(2)
    expect(world.places).toEqual(["1-0", "2-0"])
  })

  test("of a commit that never arrived, while others took its version, leads to a retry", async () => {
    const world = new World()
    let tries = 0
    const through = publishing(async (to, content, put) => {
      tries += 1
      if (tries > 1) return put(to, content)
      world.commit(0, foreign({ protocol: { minReaderVersion: 1, minWriterVersion: 2 } }))
      throw noReply()
    })

    expect(await world.done(world.landing("a", { through }).land(await batchOf(played())))).toBe("landed")

    expect(world.versions).toHaveLength(2)
    expect(world.parquetFiles).toHaveLength(1)
  })

  test("of an abandoned try that landed after all is resolved by the next try", async () => {
    const world = new World()
    const through = publishing((to, content, put) => {
      world.lake.faults = { ...world.lake.faults, late: 1, lateMs: [5000, 5000] }
      return put(to, content)
    })
    const landing = world.landing("a", { through })
    const batch = await batchOf(played())
    expect((await world.done(faultOf(landing.land(batch)))).code).toBe("HISTORY_UNAVAILABLE")
    expect(world.versions).toEqual([])
    await world.clock.run(10_000)
    world.lake.faults = { ...world.lake.faults, late: 0 }

    expect(await world.done(landing.land(batch))).toBe("landed")

    expect(world.versions).toHaveLength(1)
    expect(world.places).toEqual(["1-0", "2-0"])
  })
})

describe("a lake that accepts no commit", () => {
  test("is HISTORY_UNAVAILABLE at once, not a version that others took", async () => {
    const world = new World()
    let puts = 0
    const landing = world.landing("a", {
      through: publishing((to, content, put) => {
        puts += 1
        world.lake.isFull = puts === 1
        return put(to, content)
      }),
    })

    const fault = await world.done(faultOf(landing.land(await batchOf(played()))))

    expect(fault.code).toBe("HISTORY_UNAVAILABLE")
    expect(puts).toBe(1)
    world.lake.isFull = false
    expect(await world.done(landing.land(await batchOf(played())))).toBe("landed")
  })

  test("is retried with the existing files, while they are not too old", async () => {
    const world = new World()
    const commits = refused()
    const landing = world.landing("a", { through: commits.through })
    const batch = await batchOf(played())
    for (let i = 0; i < 3; i++) {
      expect((await world.done(faultOf(landing.land(batch)))).code).toBe("HISTORY_UNAVAILABLE")
    }
    expect(world.parquetFiles).toHaveLength(1)
    await world.clock.run(HOUR_MS + 1)
    expect((await world.done(faultOf(landing.land(batch)))).code).toBe("HISTORY_UNAVAILABLE")
    expect(world.parquetFiles).toHaveLength(2)
    commits.isRefused = false

    expect(await world.done(landing.land(batch))).toBe("landed")

    expect(world.parquetFiles).toHaveLength(2)
    expect(world.places).toEqual(["1-0", "2-0"])
  })

  test("gets new files for another batch", async () => {
    const world = new World()
    const commits = refused()
    const landing = world.landing("a", { through: commits.through })
    await world.done(faultOf(landing.land(await batchOf(played(), { end: 2 }))))
    commits.isRefused = false

    expect(await world.done(landing.land(await batchOf(played())))).toBe("landed")

    expect(world.places).toEqual(["1-0", "2-0"])
  })

  test("nor files is HISTORY_UNAVAILABLE, and nothing is published", async () => {
    const world = new World()
    world.lake.isFull = true

    const fault = await world.done(faultOf(world.landing("a").land(await batchOf(played()))))

    expect(fault.code).toBe("HISTORY_UNAVAILABLE")
    expect(world.versions).toEqual([])
  })
})

describe("staged files older than an hour", () => {
  test.each([
    [HOUR_MS - 60_000, 1],
    [HOUR_MS + 60_000, 2],
  ])("are written again, under new names: after %d ms there are %d", async (pausedMs, files) => {
    const world = new World()
    world.lake.faults = { ...world.lake.faults, latencyMs: [10, 10] }
    const process = new ProcessClock(world.clock)
    const landing = world.landing("a", { process }).land(await batchOf(played()))
    await world.clock.runUntil(() => world.parquetFiles.length > 0)
    process.pause()
    await world.clock.run(pausedMs)

    process.resume()

    expect(await world.done(landing)).toBe("landed")
    expect(world.parquetFiles).toHaveLength(files)
    expect(world.places).toEqual(["1-0", "2-0"])
    const [add] = world.last?.files.values() ?? []
    expect(world.clock.now() - (add?.modificationTime ?? 0)).toBeLessThan(HOUR_MS)
  })
})

describe("a table that is not ours", () => {
  test("holds the realm of another log: LAKE_OF_ANOTHER_LOG, nothing is published", async () => {
    const world = new World()
    await world.done(world.landing("a").land(await batchOf(played())))
    const stranger = world.landing("b", { genesis: { ...GENESIS, logId: "log-2" } })

    const fault = await world.done(faultOf(stranger.land(await batchOf(played()))))

    expect(fault.code).toBe("LAKE_OF_ANOTHER_LOG")
    expect(world.versions).toHaveLength(1)
  })

  test("is created by two logs at once: one of them gets a fault", async () => {
    const world = new World()
    world.lake.faults = { ...world.lake.faults, latencyMs: [10, 10] }
    const batch = await batchOf(played())
    const land = (logId: string) =>
      world
        .landing(logId, { genesis: { ...GENESIS, logId } })
        .land(batch)
        .catch((error: { code: string }) => error.code)

    const outcomes = await world.done(Promise.all([land("log-1"), land("log-2")]))

    expect(outcomes.toSorted()).toEqual(["LAKE_OF_ANOTHER_LOG", "landed"])
    expect(world.places).toEqual(["1-0", "2-0"])
  })

  test("shared with another realm takes the landings of both", async () => {
    const world = new World()
    await world.done(world.landing("a").land(await batchOf(played())))
    const other = new Chain().add([alice], [registered("alice"), bought("alice", "dagger", 25)])

    const landing = world.landing("b", { genesis: { ...GENESIS, realm: 1, logId: "log-2" } })
    expect(await world.done(landing.land(await batchOf(other)))).toBe("landed")

    expect(world.landed).toBe(3)
    expect(world.last?.txns.get("guildhall/1/log-2")?.version).toBe(2)
    expect(world.places).toEqual(["1-0", "1-0", "1-1", "2-0"])
  })
})

/** A lake that accepts no commits until the test allows it. */
function refused() {
  const commits = {
    isRefused: true,
    through: publishing((to, content, put) => {
      if (commits.isRefused) throw noReply()
      return put(to, content)
    }),
  }
  return commits
}
