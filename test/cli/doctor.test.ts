import { cp, readdir, rm, truncate, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { join } from "node:path"
import { crc32 } from "node:zlib"
import { describe, expect, it, onTestFinished } from "vitest"
import { temporaryFolder } from "../support/folder.js"
import { freePort } from "../support/guildhall.js"
import { realmFolder } from "./support/realmFolder.js"
import { runCli } from "./support/runCli.js"

interface Printed {
  readonly settings: readonly { readonly name: string; readonly value: string; readonly from: string }[]
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly says: string }[]
}

describe("guildhall doctor", () => {
  it("finds everything well, and says where each setting comes from", async () => {
    const settings = { DATA_DIR: await realmFolder(), PORT: await freePort() }

    const { code, json } = await runCli(["doctor", "--json"], settings)

    const { checks, settings: printed } = json as Printed
    expect(code).toBe(0)
    expect(checks.map(({ name, ok }) => [name, ok])).toEqual([
      ["log (lmdb)", true],
      ["views (lmdb)", true],
      ["views fit the log", true],
      ["lake (folder)", true],
      ["history (duckdb)", true],
      ["server", true],
    ])
    expect(printed).toContainEqual(expect.objectContaining({ name: "DATA_DIR", from: "environment" }))
    expect(printed).toContainEqual(
      expect.objectContaining({ name: "HOST", value: "127.0.0.1", from: "default" }),
    )
  })

  it("says how far the log has landed in a lake that can be written", async () => {
    const settings = { DATA_DIR: await realmFolder(), PORT: await freePort(), LOG_LEVEL: "silent" }
    await runCli(["land", "--once"], settings)

    const { code, lines } = await runCli(["doctor"], settings)

    expect(code).toBe(0)
    expect(lines).toContain("ok   lake (folder): landed to offset 3 of 3, version 0, 1 files; writable")
    expect(lines).toContain("ok   history (duckdb): answers from the table")
    const events = join(settings.DATA_DIR, "lake", "events")
    expect((await readdir(events)).filter(name => name.includes("probe"))).toEqual([])
  })

  it("says what to do about the lake of another log", async () => {
    const settings = { DATA_DIR: await realmFolder(), PORT: await freePort(), LOG_LEVEL: "silent" }
    await runCli(["land", "--once"], settings)
    const other = await realmFolder()
    await rm(join(settings.DATA_DIR, "realm-0"), { recursive: true })
    await cp(join(other, "realm-0"), join(settings.DATA_DIR, "realm-0"), { recursive: true })

    const { code, lines } = await runCli(["doctor"], settings)

    expect(code).toBe(1)
    const says =
      /BAD {2}lake \(folder\): the lake holds realm 0 of .*\n {5}.*operations.md, LAKE_OF_ANOTHER_LOG/
    expect(lines.join("\n")).toMatch(says)
  })

  it("names what is not there, and what to do", async () => {
    const { code, lines } = await runCli(["doctor"], {
      DATA_DIR: await temporaryFolder(),
      PORT: await freePort(),
    })

    expect(code).toBe(1)
    expect(lines.join("\n")).toMatch(/BAD {2}log \(lmdb\): .*found nothing\n {5}start the server once/)
  })

  it("says why a folder cannot keep data and what to set, and checks nothing that would be in it", async () => {
    const file = join(await temporaryFolder(), "file")
    await writeFile(file, "")

    const { code, lines } = await runCli(["doctor"], { DATA_DIR: join(file, "data"), PORT: await freePort() })

    expect(code).toBe(1)
    expect(lines.filter(line => line.startsWith("BAD"))).toEqual([
      `BAD  data folder: ${file}/data (setting DATA_DIR): ${file} is a file, expected a folder`,
    ])
    expect(lines.at(-2)).toContain("set DATA_DIR to a folder that this user may write")
  })

  it("checks each part by itself: if all services are wrong, each has its line", async () => {
    const port = await freePort()
    const { code, json } = await runCli(["doctor", "--json"], {
      DATA_DIR: await temporaryFolder(),
      PORT: await freePort(),
      KAFKA_BROKERS: `127.0.0.1:${port}`,
      REDIS_URL: `redis://127.0.0.1:${port}`,
      WEBHDFS_URL: `http://127.0.0.1:${port}`,
      HDFS_URL: `hdfs://127.0.0.1:${port}`,
      PRESTO_URL: `http://127.0.0.1:${port}`,
    })

    const { checks } = json as Printed
    expect(code).toBe(1)
    expect(checks.map(({ name, ok }) => [name, ok])).toEqual([
      ["log (kafka)", false],
      ["views (redis)", false],
      ["lake (hdfs)", false],
      ["history (presto)", false],
      ["server", true],
    ])
    for (const { ok, says } of checks) if (!ok) expect(says).toMatch(/refused/i)
  })

  it("says that the lake is well although the log is not", async () => {
    const folder = await realmFolder()
    await runCli(["land", "--once"], { DATA_DIR: folder, LOG_LEVEL: "silent" })
    await rm(join(folder, "realm-0", "log"), { recursive: true })

    const { code, lines } = await runCli(["doctor"], { DATA_DIR: folder, PORT: await freePort() })

    expect(code).toBe(1)
    expect(lines).toContain("ok   lake (folder): version 0, 1 files; writable")
    expect(lines).toContain("ok   history (duckdb): answers from the table")
  })

  it("says that a report cannot find a file of the table", async () => {
    const folder = await realmFolder()
    await runCli(["land", "--once"], { DATA_DIR: folder, LOG_LEVEL: "silent" })
    const events = join(folder, "lake", "events")
    const [day = ""] = (await readdir(events)).filter(name => name.startsWith("dt="))
    await rm(join(events, day), { recursive: true })

    const { code, lines } = await runCli(["doctor"], { DATA_DIR: folder, PORT: await freePort() })

    expect(code).toBe(1)
    expect(lines.join("\n")).toMatch(/BAD {2}history \(duckdb\): .*\n {5}docs\/operations.md, History/)
  })

  it("says of a damaged log that it needs its backup", async () => {
    const folder = await realmFolder()
    await truncate(join(folder, "realm-0", "log", "data.mdb"), 4096)

    const { code, lines } = await runCli(["doctor"], { DATA_DIR: folder, PORT: await freePort() })

    expect(code).toBe(1)
    expect(lines.join("\n")).toMatch(/BAD {2}log \(lmdb\): .*\n.*a damaged log needs its backup/)
  })

  it("refers to the operators' page when acknowledged records are gone", async () => {
    const folder = await realmFolder()
    const count = "9".padStart(16, "0")
    const mark = `${count} ${crc32(count).toString(16).padStart(8, "0")}\n`
    await writeFile(join(folder, "realm-0", "log", "acknowledged"), mark)

    const { code, lines } = await runCli(["doctor"], { DATA_DIR: folder, PORT: await freePort() })

    expect(code).toBe(1)
    expect(lines.join("\n")).toMatch(
      /expected the 9 records that were acknowledged.*\n.*operations.md, LOG_TRUNCATED/,
    )
  })

  it("notices another program on the port", async () => {
    const stranger = createServer(socket => socket.end("SSH-2.0-something\r\n")).listen(0, "127.0.0.1")
    onTestFinished(() => void stranger.close())
    await new Promise(resolve => stranger.once("listening", resolve))
    const address = stranger.address()
    const port = address !== null && typeof address === "object" ? address.port : 0

    const { code, json } = await runCli(["doctor", "--json"], {
      DATA_DIR: await realmFolder(),
      PORT: `${port}`,
    })

    expect(code).toBe(1)
    expect((json as Printed).checks.at(-1)).toMatchObject({ name: "server", ok: false })
  })

  it("hides passwords", async () => {
    const settings = { REDIS_URL: `redis://user:sesame@127.0.0.1:${await freePort()}` }

    const { lines, notes } = await runCli(["doctor"], { DATA_DIR: await temporaryFolder(), ...settings })

    expect(lines.join("\n")).toContain("redis://127.0.0.1:")
    expect(`${lines.join("\n")}${notes}`).not.toContain("sesame")
  })

  it("exits as called wrongly if settings are wrong, and names all of them", async () => {
    const { code, notes } = await runCli(["doctor"], { PORT: "none", REALM: "-1" })

    expect(code).toBe(2)
    expect(notes).toMatch(/PORT: expected[\s\S]*REALM: expected/)
  })
})
