import { mkdir, rm, stat, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import { makeFolder } from "../../src/lib/makeFolder.js"
import { temporaryFolder } from "../support/folder.js"

test("makes a folder and its missing parents, for this user alone, and returns the topmost; a repeat does nothing", async () => {
  const root = await temporaryFolder()
  const folder = join(root, "a", "b", "c")

  expect(await makeFolder(folder)).toBe(join(root, "a"))
  expect(await makeFolder(folder)).toBeNull()

  for (const one of ["a", "a/b", "a/b/c"]) expect((await stat(join(root, one))).mode & 0o777).toBe(0o700)
})

test("succeeds for several callers at once", async () => {
  const folder = join(await temporaryFolder(), "a", "b", "c")

  await Promise.all(Array.from({ length: 20 }, () => makeFolder(folder)))

  expect((await stat(folder)).isDirectory()).toBe(true)
})

test("rejects below a link to a folder that is gone, where Node's own mkdir never settles", async () => {
  const root = await temporaryFolder()
  await mkdir(join(root, "target"))
  await symlink(join(root, "target"), join(root, "link"))
  await rm(join(root, "target"), { recursive: true })

  await expect(makeFolder(join(root, "link", "a", "b"))).rejects.toMatchObject({ code: "EEXIST" })
  await expect(makeFolder(join(root, "link"))).rejects.toMatchObject({ code: "EEXIST" })
})

test("rejects where a file stands in the way", async () => {
  const root = await temporaryFolder()
  await writeFile(join(root, "file"), "")

  await expect(makeFolder(join(root, "file"))).rejects.toMatchObject({ code: "EEXIST" })
  await expect(makeFolder(join(root, "file", "a"))).rejects.toMatchObject({ code: "ENOTDIR" })
})
