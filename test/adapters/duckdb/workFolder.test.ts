import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { makeWorkFolder } from "../../../src/adapters/duckdb/workFolder.js"

/** Linux gives no process such a number (its highest is 2^22). */
const DEAD_PID = 2 ** 30

let parent: string

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "guildhall-"))
})

afterEach(() => rm(parent, { recursive: true, force: true }))

describe("a process's folder for files on their way", () => {
  test("is its own", async () => {
    const one = await makeWorkFolder(parent)
    const other = await makeWorkFolder(parent)

    expect((await readdir(parent)).sort()).toEqual([basename(one), basename(other)].sort())
  })

  test("takes the place of what a killed process left, and of nothing else", async () => {
    const left = join(parent, `guildhall-duckdb-${DEAD_PID}-abc`)
    await mkdir(left)
    await writeFile(join(left, "1.file"), "half a file")
    const others = [`guildhall-duckdb-${process.ppid}-abc`, "guildhall-duckdb-notes", `other-${DEAD_PID}-abc`]
    await Promise.all(others.map(name => mkdir(join(parent, name))))

    const folder = await makeWorkFolder(parent)

    expect((await readdir(parent)).sort()).toEqual([basename(folder), ...others].sort())
  })
})
