import { readdir, rm, truncate } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { openLmdbLog } from "../../src/adapters/lmdb/log.js"
import { encodeCommit } from "../../src/log/codec.js"
import { temporaryFolder } from "../support/folder.js"
import { realmFolder } from "./support/realmFolder.js"
import { runCli, STACK } from "./support/runCli.js"

describe("guildhall audit", () => {
  it("finds a whole realm sound", async () => {
    const folder = await realmFolder()

    const { code, lines } = await runCli(["audit"], { DATA_DIR: folder })

    expect(code).toBe(0)
    expect(lines).toContain(`engines    log lmdb, views lmdb, in ${folder}/`)
    expect(lines).toContain("audit      the log is sound, and the views are its fold")
    expect(lines).toContain(
      "gold       975 = 1000 at the start + 0 granted + 0 for swords + 0 won - 25 spent",
    )
  })

  it("finds the lake sound, once the log has landed", async () => {
    const folder = await realmFolder()
    const before = await runCli(["audit"], { DATA_DIR: folder })
    await runCli(["land", "--once"], { DATA_DIR: folder, LOG_LEVEL: "silent" })

    const { code, lines } = await runCli(["audit"], { DATA_DIR: folder })

    expect(before.lines).toContain("lake       none of this log")
    expect(code).toBe(0)
    const line = /^lake {7}2 rows in 1 files of \d+ bytes, version 0, as of 3; gold 1000 at .* - 25 spent$/
    expect(lines).toContainEqual(expect.stringMatching(line))
    const proved = "the log is sound, and the views are its fold; the lake has each event once"
    expect(lines).toContain(`audit      ${proved}`)
  })

  it("fails when a file of the lake is damaged, and names it", async () => {
    const folder = await realmFolder()
    await runCli(["land", "--once"], { DATA_DIR: folder, LOG_LEVEL: "silent" })
    const events = join(folder, "lake", "events")
    const [file] = (await readdir(events, { recursive: true })).filter(name => name.endsWith(".parquet"))
    await truncate(join(events, file ?? ""), 100)

    const { code, lines, json } = await runCli(["audit", "--json"], { DATA_DIR: folder })

    expect({ code, lines }).toEqual({ code: 1, lines: [] })
    expect(json).toMatchObject({
      ok: false,
      lake: { landed: 3, rows: 0 },
      findings: { count: 1, shown: [{ kind: "lake-file", subject: file, field: "length", found: 100 }] },
    })
  })

  it("prints JSON", async () => {
    const { code, json } = await runCli(["audit", "--json"], { DATA_DIR: await realmFolder() })

    expect(code).toBe(0)
    expect(json).toMatchObject({
      ok: true,
      players: 1,
      verdicts: { effective: 2 },
      compared: { documents: 2, keys: 2 },
    })
  })

  it("fails when an event does not fold, and names the player", async () => {
    const folder = await realmFolder()
    await appendBroken(join(folder, "realm-0", "log"))

    const { code, lines } = await runCli(["audit"], { DATA_DIR: folder })

    expect(code).toBe(1)
    expect(lines.join("\n")).toMatch(/DIFFERENT {2}1 findings {"frozen":1}\n {2}frozen: player\/bob/)
  })

  it("says without a stack that there is nothing to audit", async () => {
    const { code, notes } = await runCli(["audit"], { DATA_DIR: await temporaryFolder() })

    expect(code).toBe(1)
    expect(notes).toContain("expected guildhall log 1, found nothing")
    expect(notes).not.toMatch(STACK)
  })

  it("says that the views are missing", async () => {
    const folder = await realmFolder()
    await rm(join(folder, "realm-0", "views"), { recursive: true })

    const { code, notes } = await runCli(["audit"], { DATA_DIR: folder })

    expect(code).toBe(1)
    expect(notes).toContain("expected guildhall views 2, found nothing")
  })

  it("writes nothing into a log that is empty", async () => {
    const folder = await temporaryFolder()
    const log = join(folder, "realm-0", "log")
    await (await openLmdbLog({ folder: log })).close()
    const { code, notes } = await runCli(["audit"], { DATA_DIR: folder })

    const again = await openLmdbLog({ folder: log })
    const { head } = await again.bounds()
    await again.close()
    expect({ code, head }).toEqual({ code: 1, head: 0 })
    expect(notes).not.toMatch(STACK)
  })
})

/** A purchase by a player who is not registered. */
async function appendBroken(folder: string): Promise<void> {
  const data = { player: "bob", swordType: "dagger", price: 25, region: "eu", guild: null }
  const events = [{ type: "SwordBought", v: 1, data }]
  const log = await openLmdbLog({ folder })
  const { head } = await log.bounds()
  const commands = [{ id: "bob/k", digest: "d", events }]
  await log.append([encodeCommit({ id: "broken", seen: head, at: 0, on: { "player/bob": null }, commands })])
  await log.close()
}
