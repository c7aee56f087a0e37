import { mkdir, readdir, utimes, writeFile } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { describe, expect, test } from "vitest"
import { Database } from "../../../src/adapters/duckdb/database.js"
import { startChild } from "../../support/child.js"
import { temporaryFolder } from "../../support/folder.js"

const owner = new URL("./owner.child.ts", import.meta.url)
const NO_CONTAINER: readonly string[] = []
const CONTAINER = ["unshare", "--user", "--map-root-user", "--pid", "--net", "--fork", "--kill-child"]

/** Another process with a work folder here, and that folder's name. */
async function otherOwner(parent: string, wrap: readonly string[]) {
  const child = startChild(owner, [parent], wrap)
  const name = basename(dirname(await child.line(line => line.startsWith(parent))))
  return { child, name }
}

describe("a process's work folder", () => {
  test("is its own, even when the process has several, and is removed with it", async () => {
    const parent = await temporaryFolder()
    const [one, other] = [await Database.open([parent]), await Database.open([parent])]
    expect(await readdir(parent)).toHaveLength(2)

    await one.close()
    expect(await readdir(parent)).toHaveLength(1)
    await other.close()
    expect(await readdir(parent)).toEqual([])
  })

  test.each([
    ["here", NO_CONTAINER],
    ["in a container with process ids and a network of its own", CONTAINER],
  ])("stays while its process lives %s, and is taken away once that was killed", async (_, wrap) => {
    const parent = await temporaryFolder()
    const { child, name } = await otherOwner(parent, wrap)

    await (await Database.open([parent])).close()
    expect(await readdir(parent)).toEqual([name])

    child.process.kill("SIGKILL")
    await child.ended
    await expect
      .poll(async () => {
        await (await Database.open([parent])).close()
        return readdir(parent)
      })
      .toEqual([])
  })

  test("is one of ours by its name; one without a lock counts as left behind once it is old", async () => {
    const parent = await temporaryFolder()
    const id = "00000000-0000-0000-0000-00000000000"
    const others = ["guildhall-duckdb-notes", `guildhall-duckdb-${id}1`, "realm-0"]
    for (const name of [...others, `guildhall-duckdb-${id}2`]) await mkdir(join(parent, name))
    await writeFile(join(parent, `guildhall-duckdb-${id}3`), "a file")
    await utimes(join(parent, `guildhall-duckdb-${id}2`), 0, 0)

    await (await Database.open([parent])).close()

    expect((await readdir(parent)).sort()).toEqual([...others, `guildhall-duckdb-${id}3`].sort())
  })
})
