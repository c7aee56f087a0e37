import { execFile } from "node:child_process"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"
import { temporaryFolder } from "../support/folder.js"

const run = promisify(execFile)

const CHECK = resolve("scripts/lib/dependencies.mjs")

interface Ran {
  readonly code: number
  readonly stdout: string
}

async function check(folder: string, ...flags: readonly string[]): Promise<Ran> {
  return run(process.execPath, [CHECK, ...flags], { cwd: folder }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (failure: Ran) => failure,
  )
}

/** A project that depends on one package. */
async function project(dependency: object): Promise<string> {
  const folder = await temporaryFolder()
  for (const each of ["web", "docs"]) await mkdir(join(folder, each))
  const lockfile = { packages: { "": {}, "node_modules/one": { version: "1.0.0", ...dependency } } }
  await writeFile(join(folder, "package-lock.json"), JSON.stringify(lockfile))
  await writeFile(join(folder, "web/package-lock.json"), JSON.stringify({ packages: {} }))
  await writeFile(join(folder, "docs/licences.md"), "# Licences\n\n<!-- scripts/dependencies -->\n")
  return folder
}

describe("scripts/dependencies", () => {
  it("lists licences, and then finds nothing", async () => {
    const folder = await project({ license: "(MIT OR GPL-3.0-only)", integrity: "sha512-x" })

    expect(await check(folder)).toMatchObject({
      code: 1,
      stdout: "docs/licences.md is out of date: scripts/dependencies --write\n",
    })
    expect(await check(folder, "--write")).toMatchObject({ code: 0, stdout: "" })
    expect(await check(folder)).toMatchObject({ code: 0, stdout: "" })
    expect(await readFile(join(folder, "docs/licences.md"), "utf8")).toContain(
      "| (MIT OR GPL-3.0-only) | one 1.0.0 |\n",
    )
  })

  it.each([
    [{ license: "MIT" }, "has no checksum in the lockfile"],
    [{ license: "MIT AND GPL-3.0-only", integrity: "sha512-x" }, "which is not allowed"],
    [{ integrity: "sha512-x" }, "has the licence (none named), which is not allowed"],
  ])("reports %j", async (dependency, finding) => {
    const folder = await project(dependency)

    const { code, stdout } = await check(folder, "--write")

    expect(code).toBe(1)
    expect(stdout).toContain("package-lock.json: one 1.0.0 ")
    expect(stdout).toContain(finding)
  })
})
