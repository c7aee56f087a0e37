import { copyFile, readFile, rm, stat, truncate, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { describe, expect, it } from "vitest"
import { LocalLake } from "../../src/adapters/localdisk/lake.js"
import { audit } from "../../src/audit/audit.js"
import { compareLake } from "../../src/audit/compareLake.js"
import { Findings } from "../../src/audit/findings.js"
import { quoteText } from "../../src/lake/sql.js"
import { encodeCommit } from "../../src/log/codec.js"
import { Fault } from "../../src/ports/faults.js"
import { LakeFolder } from "./support/lake.js"
import { KEY_RETENTION, projected, storeOf } from "./support/views.js"
import { genesis, marketWorld, smallWorld, type World } from "./support/world.js"

async function auditOf(world: World, { parts }: Pick<LakeFolder, "parts">) {
  const store = storeOf(await projected(world.log, world.head))
  return audit({ log: world.log, genesis, store, lake: parts, keyRetention: KEY_RETENTION })
}

/** The small world of 12 records, landed up to 3, 6, 10 and 12: versions 0 to 3. */
async function smallLake(): Promise<{ world: World; lake: LakeFolder; files: string[] }> {
  const world = smallWorld()
  const lake = await LakeFolder.make()
  await lake.land(world.log, genesis, [3, 6, 9, 12])
  return { world, lake, files: await lake.parquetFiles() }
}

describe("an audit of a lake", () => {
  it("finds each event once, with its values, and the log's sums", async () => {
    const { world, lake } = await smallLake()

    const report = await auditOf(world, lake)

    expect(report.findings.shown).toEqual([])
    expect(report).toMatchObject({
      ok: true,
      gold: { start: "3000", granted: "500", spent: "285" },
      lake: {
        ...{ landed: 12, comparedTo: 12, version: 3, files: 4, rows: 11 },
        gold: { start: "3000", granted: "500", spent: "285" },
      },
    })
  })

  it("finds each event of sales, fights, rests, gifts and trades, and their sums", async () => {
    const world = marketWorld()
    const lake = await LakeFolder.make()
    await lake.land(world.log, genesis, [15, world.head])

    const report = await auditOf(world, lake)

    expect(report.findings.shown).toEqual([])
    const gold = { start: "3000", granted: "500", sold: "12", won: "30", spent: "285" }
    expect(report).toMatchObject({ ok: true, gold, lake: { gold, rows: world.head - 1 } })
  })

  it("treats a lake that does not exist yet as no lake", async () => {
    expect(await auditOf(smallWorld(), await LakeFolder.make())).toMatchObject({ ok: true, lake: null })
  })

  it("compares what has landed when the log is ahead", async () => {
    const world = smallWorld()
    const lake = await LakeFolder.make()
    await lake.land(world.log, genesis, [6])

    expect(await auditOf(world, lake)).toMatchObject({
      ok: true,
      lake: { landed: 6, rows: 5, gold: { granted: "500", spent: "0" } },
    })
  })

  it("finds nothing wrong with a table that has a checkpoint", async () => {
    const world = smallWorld()
    for (let n = 0; n < 60; n++) world.does("grantGold", { playerId: "carol", amount: 1, reason: "a coin" })
    const lake = await LakeFolder.make()
    await lake.land(
      world.log,
      genesis,
      Array.from({ length: 24 }, (_, n) => 3 * (n + 1)),
    )
    await stat(lake.commitPath(20).replace(".json", ".checkpoint.parquet"))

    expect(await auditOf(world, lake)).toMatchObject({
      ok: true,
      lake: { landed: 72, version: 23, rows: 71 },
    })
  })

  it("leaves the rows of other realms alone", async () => {
    const { world, lake } = await smallLake()
    const other = { ...genesis, realm: 7, logId: "log-of-realm-7" }
    await lake.land(smallWorld().log, other, [12])

    expect(await auditOf(world, lake)).toMatchObject({ ok: true, lake: { rows: 11, files: 4 } })
  })

  it("says that the lake is away, and proves the rest", async () => {
    const { world, lake } = await smallLake()
    class AwayLake extends LocalLake {
      override async list(): Promise<never> {
        throw new Fault("HISTORY_UNAVAILABLE", "the lake is away")
      }
    }

    const report = await auditOf(world, { parts: { ...lake.parts, lake: new AwayLake("away") } })

    expect(report).toMatchObject({ ok: false, provedTo: 12, compared: { documents: 7 }, lake: null })
    expect(report.findings.shown).toMatchObject([
      { kind: "lake", subject: "lake", found: "HISTORY_UNAVAILABLE: the lake is away" },
    ])
  })

  it("names rows without their files where the engine reads the table as it stands", async () => {
    const { world, lake, files } = await smallLake()
    const duckdb = lake.parts.engine
    const all = files.map(quoted).join(", ")
    await appendByOthers(lake, `SELECT 9 AS realm, 4 AS log_offset, 0 AS event_index`)
    const table = `(SELECT * FROM read_parquet([${all}, ${quoted(PART)}], union_by_name = true))`
    const engine = { dialect: duckdb.dialect, eventsTable: () => table, query: duckdb.query.bind(duckdb) }

    const { findings } = await auditOf(world, {
      parts: { ...lake.parts, engine: engine as unknown as LakeFolder["parts"]["engine"] },
    })

    const found = "1 rows without an event, the first of realm 9, offset 4"
    expect(findings.shown).toMatchObject([{ kind: "lake-file", subject: "lake", field: "rows", found }])

    function quoted(file: string): string {
      return quoteText(join(lake.folder, file))
    }
  })

  it("accepts rows that others rewrote unchanged", async () => {
    const { world, lake, files } = await smallLake()
    const path = "dt=1970-01-01/part-00000-of-an-optimize.zstd.parquet"
    await writeParquet(
      lake,
      path,
      `SELECT * FROM read_parquet([${files.map(lake => quoted(lake)).join(", ")}])`,
    )
    const removes = files.map(file => ({
      remove: { path: file, deletionTimestamp: 1, dataChange: false, partitionValues: { dt: "1970-01-01" } },
    }))
    await lake.writeCommit(4, [...removes, await foreignAdd(lake, path, false)])

    expect(await auditOf(world, lake)).toMatchObject({ ok: true, lake: { files: 1, rows: 11, version: 4 } })

    function quoted(file: string): string {
      return quoteText(join(lake.folder, file))
    }
  })
})

describe("an audit of a lake in chunks of two events", () => {
  async function compared({ world, lake }: { readonly world: World; readonly lake: LakeFolder }) {
    const findings = new Findings()
    const parts = { parts: lake.parts, log: world.log, genesis, findings, chunkEvents: 2, progress: () => {} }
    return { compared: await compareLake(parts), shown: findings.shown }
  }

  it("finds a sound lake sound, to its last row", async () => {
    const found = await compared(await smallLake())

    expect(found).toMatchObject({ shown: [], compared: { comparedTo: 12, landed: 12, rows: 11 } })
  })

  it("finds the same as in one chunk", async () => {
    const { world, lake, files } = await smallLake()
    await lake.editCommit(1, ({ add, ...rest }) => rest)
    await rm(at(lake, files, 3))

    const { shown } = await compared({ world, lake })

    expect(shown).toMatchObject([
      { kind: "lake-file", subject: files[3], found: "missing" },
      ...["3-0", "4-0", "5-0"].map(place => ({ kind: "lake-row", subject: `row ${place}`, found: null })),
    ])
  })

  it("stops before an event that this build cannot read, and says how far it is proved", async () => {
    const { world, lake } = await smallLake()
    world.raw(commitOfANewerBuild(world.head))
    const last = await lake.commit(3)
    await lake.writeCommit(
      4,
      last.flatMap(({ txn }) => (txn ? [{ txn: { ...txn, version: 13 } }] : [])),
    )

    const found = await compared({ world, lake })

    expect(found).toMatchObject({ shown: [], compared: { comparedTo: 12, landed: 13, rows: 11 } })
  })
})

/** What is done to the lake, given its Parquet files, and what must be found, in order. */
type Damage = readonly [
  what: string,
  damage: (lake: LakeFolder, files: readonly string[]) => Promise<void>,
  found: (files: readonly string[]) => readonly object[],
]

const fileDamages: readonly Damage[] = [
  [
    "a truncated Parquet file",
    (lake, files) => truncate(at(lake, files, 1), 200),
    files => [{ kind: "lake-file", subject: files[1], field: "length", found: 200 }],
  ],
  [
    "a Parquet file that is gone",
    (lake, files) => rm(at(lake, files, 3)),
    files => [{ kind: "lake-file", subject: files[3], field: "", expected: "there", found: "missing" }],
  ],
  [
    "a folder that is gone",
    (lake, files) => rm(dirname(at(lake, files, 3)), { recursive: true }),
    files => files.map(subject => ({ kind: "lake-file", subject, expected: "there", found: "missing" })),
  ],
  [
    "a Parquet file with flipped bytes",
    async (lake, files) => {
      const path = at(lake, files, 2)
      const bytes = await readFile(path)
      await writeFile(path, bytes.fill(0x55, bytes.length - 40))
    },
    files => [
      { kind: "lake-file", subject: files[2], field: "content", expected: "Parquet that can be read" },
    ],
  ],
  [
    "another Parquet file in a file's place",
    async (lake, files) => {
      await copyFile(at(lake, files, 0), at(lake, files, 1))
      const { size } = await stat(at(lake, files, 1))
      await lake.editCommit(1, action => (action.add ? { add: { ...action.add, size } } : action))
    },
    files => [
      ...["1-0", "2-0"].map(place => ({
        ...{ kind: "lake-row", subject: `row ${place}` },
        found: `2 times, in ${files[0]} and ${files[1]}`,
      })),
      ...["3-0", "4-0", "5-0"].map(place => ({ kind: "lake-row", subject: `row ${place}`, found: null })),
      { kind: "lake-sum", field: "rows", expected: 11, found: 10 },
      { kind: "lake-sum", field: "start" },
      { kind: "lake-sum", field: "granted" },
      { kind: "lake-file", subject: files[1], field: "rows", found: "2 rows of other offsets" },
    ],
  ],
]

const logDamages: readonly Damage[] = [
  [
    "an add taken out of a commit",
    lake => lake.editCommit(1, ({ add, ...rest }) => rest),
    () => [
      {
        kind: "lake-row",
        subject: "row 3-0",
        expected: { type: "PlayerRegistered", player: "carol" },
        found: null,
      },
      { kind: "lake-row", subject: "row 4-0", expected: { type: "GoldGranted", amount: 500 }, found: null },
      { kind: "lake-row", subject: "row 5-0", found: null },
      { kind: "lake-sum", field: "rows" },
      { kind: "lake-sum", field: "start" },
      { kind: "lake-sum", field: "granted", expected: "500", found: "0" },
    ],
  ],
  [
    "an add doubled under another name",
    async (lake, files) => {
      const path = (files[3] ?? "").replace(".parquet", "-again.parquet")
      await copyFile(at(lake, files, 3), join(lake.folder, path))
      const added = (await lake.commit(3)).flatMap(({ add }) => (add ? [{ add: { ...add, path } }] : []))
      await lake.writeCommit(4, [info, ...added])
    },
    files => [
      ...["10-0", "11-0"].map(place => ({
        ...{ kind: "lake-row", subject: `row ${place}`, expected: "once" },
        found: expect.stringContaining(
          `2 times, in ${files[3]} and ${files[3]?.replace(".parquet", "-again")}`,
        ),
      })),
      { kind: "lake-sum", field: "rows", expected: 11, found: 13 },
      { kind: "lake-sum", field: "spent", expected: "285" },
    ],
  ],
  [
    "a commit file that is gone",
    lake => rm(lake.commitPath(2)),
    () => [
      {
        ...{ kind: "lake", subject: "lake" },
        found: expect.stringMatching(/^LAKE_CORRUPT: .*00000000000000000002\.json is missing/),
      },
    ],
  ],
  [
    "a commit file that is not JSON",
    lake => writeFile(lake.commitPath(2), '{"add":'),
    () => [
      {
        ...{ kind: "lake", subject: "lake" },
        found: expect.stringMatching(/^LAKE_CORRUPT: .*00000000000000000002\.json.*line 1/),
      },
    ],
  ],
  [
    "a txn beyond the log",
    lake => lake.editCommit(3, ({ txn, ...rest }) => (txn ? { txn: { ...txn, version: 99 } } : rest)),
    () => [
      {
        kind: "lake",
        subject: "txn guildhall/0/log-of-the-test",
        expected: "at most 12, the log's head",
        found: 99,
      },
    ],
  ],
  [
    "another log under the same lake",
    lake =>
      lake.editCommit(3, ({ txn, ...rest }) =>
        txn ? { txn: { ...txn, appId: "guildhall/0/other" } } : rest,
      ),
    () => [{ kind: "lake", found: expect.stringMatching(/^LAKE_OF_ANOTHER_LOG: /) }],
  ],
  [
    "files that were made after another record",
    lake =>
      lake.editCommit(3, action =>
        action.add ? { add: { ...action.add, tags: { ...action.add.tags, hash: "00000000" } } } : action,
      ),
    () => [{ kind: "lake", field: "tags", found: expect.stringContaining("expected hash 00000000") }],
  ],
  [
    "a file in the folder of another day",
    lake =>
      lake.editCommit(3, action =>
        action.add ? { add: { ...action.add, partitionValues: { dt: "1970-01-02" } } } : action,
      ),
    files => [
      { kind: "lake-file", subject: files[3], field: "folder", expected: "dt=1970-01-02" },
      ...["10-0", "11-0"].map(place => ({ kind: "lake-row", subject: `row ${place}`, found: null })),
    ],
  ],
]

const PART = "dt=1970-01-01/part-00000-of-others.parquet"

const rowDamages: readonly Damage[] = [
  [
    "a wrong price",
    (lake, files) => rewrite(lake, files, "* REPLACE (price + 1 AS price)"),
    () => [
      { kind: "lake-row", subject: "row 10-0", field: "price", expected: 25, found: 26 },
      { kind: "lake-row", subject: "row 11-0", field: "price", expected: 25, found: 26 },
      { kind: "lake-sum", field: "spent", expected: "285", found: "287" },
    ],
  ],
  [
    "another player and type in a row",
    (lake, files) =>
      rewrite(lake, files, "* REPLACE (if(log_offset = 10, 'eve', player) AS player, 'GuildLeft' AS type)"),
    () => [
      { subject: "row 10-0", field: "type", expected: "SwordBought", found: "GuildLeft" },
      { subject: "row 10-0", field: "player", expected: "bob", found: "eve" },
      { subject: "row 11-0", field: "type" },
      { kind: "lake-sum", field: "spent" },
    ],
  ],
  [
    "a moved append time",
    (lake, files) => rewrite(lake, files, "* REPLACE (appended_at + INTERVAL 1 MILLISECOND AS appended_at)"),
    () =>
      [10, 11].map(offset => ({
        ...{ subject: `row ${offset}-0`, field: "appended_at" },
        ...{ expected: 1_000_000 + 10 * offset, found: 1_000_001 + 10 * offset },
      })),
  ],
  [
    "a row of an event that never happened, appended by others",
    async (lake, files) => {
      const select = `SELECT * REPLACE (5 AS event_index) FROM read_parquet(${quoteText(at(lake, files, 3))}) WHERE log_offset = 10`
      await appendByOthers(lake, select)
    },
    () => [
      { kind: "lake-row", subject: "row 10-5", expected: null, found: `SwordBought of bob, in ${PART}` },
      { kind: "lake-sum", field: "rows", expected: 11, found: 12 },
      { kind: "lake-sum", field: "spent" },
    ],
  ],
  [
    "far more rows than the log has events",
    lake =>
      appendByOthers(
        lake,
        "SELECT 0 AS realm, 4 AS log_offset, CAST(range AS INT) AS event_index FROM range(70000)",
      ),
    () => [
      {
        ...{ kind: "lake-row", subject: "rows of the offsets 0 to 12", expected: 11 },
        found: expect.stringContaining("more than 65547 rows"),
      },
      { kind: "lake-sum", field: "rows", expected: 11, found: 70_011 },
    ],
  ],
  [
    "rows without a place, beyond what has landed, and of no realm, appended by others",
    lake =>
      appendByOthers(
        lake,
        `SELECT * FROM (VALUES (0, 500, 0), (0, NULL, 0), (0, 4, NULL), (NULL, 4, 0), (9, 4, 0)) t(realm, log_offset, event_index)`,
      ),
    () => [
      {
        ...{ kind: "lake-file", subject: PART, field: "rows", expected: "rows that a lander made" },
        found: expect.stringMatching(/^5 rows without an event, the first of realm /),
      },
    ],
  ],
]

describe("an audit names", () => {
  it.each([...fileDamages, ...logDamages, ...rowDamages])("%s", async (_, damage, found) => {
    const { world, lake, files } = await smallLake()
    await damage(lake, files)

    const { ok, findings, compared } = await auditOf(world, lake)

    expect(findings.shown).toMatchObject(found(files))
    expect(ok).toBe(false)
    expect(compared).not.toBeNull()
  })
})

function commitOfANewerBuild(seen: number): Uint8Array {
  const events = [{ type: "DragonTamed", v: 1, data: { player: "dave" } }]
  const commands = [{ id: "dave/k", digest: "d", events }]
  return encodeCommit({ id: "newer", seen, at: 0, on: { "player/dave": null }, commands })
}

const info = { commitInfo: { timestamp: 1, operation: "WRITE", engineInfo: "another" } }

function at(lake: LakeFolder, files: readonly string[], n: number): string {
  return join(lake.folder, files[n] ?? "none")
}

/** Rewrites the fourth file with other values, and its length in its commit. */
async function rewrite(lake: LakeFolder, files: readonly string[], select: string): Promise<void> {
  const file = files[3] ?? ""
  await writeParquet(lake, file, `SELECT ${select} FROM read_parquet(${quoteText(join(lake.folder, file))})`)
  const { size } = await stat(join(lake.folder, file))
  await lake.editCommit(3, action => (action.add ? { add: { ...action.add, size } } : action))
}

async function appendByOthers(lake: LakeFolder, select: string): Promise<void> {
  await writeParquet(lake, PART, select)
  await lake.writeCommit(4, [info, await foreignAdd(lake, PART, true)])
}

async function writeParquet(lake: LakeFolder, path: string, select: string): Promise<void> {
  const target = join(lake.folder, path)
  await lake.database.connected(async connection => {
    await connection.run(`COPY (${select}) TO ${quoteText(`${target}.new`)} (FORMAT parquet)`)
  })
  await copyFile(`${target}.new`, target)
  await rm(`${target}.new`)
}

async function foreignAdd(lake: LakeFolder, path: string, dataChange: boolean): Promise<object> {
  const { size } = await stat(join(lake.folder, path))
  return {
    add: { path, partitionValues: { dt: "1970-01-01" }, size, modificationTime: 1, dataChange, stats: null },
  }
}
