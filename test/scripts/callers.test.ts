import { execFile } from "node:child_process"
import { cp, mkdir, realpath, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { describe, expect, it } from "vitest"
import { temporaryFolder } from "../support/folder.js"

const run = promisify(execFile)

/** Prints the folder, arguments and settings that a command of ours would get. */
const MAIN = `console.log(JSON.stringify({ cwd: process.cwd(), args: process.argv.slice(2), ...process.env }))`

interface Seen {
  readonly cwd: string
  readonly args: readonly string[]
  readonly DATA_DIR?: string
}

describe.each(["guildhall", "load", "start"])("scripts/%s", name => {
  it("runs in its caller's folder, through symbolic links too", async () => {
    const checkout = await preparedCheckout()
    const caller = await realpath(await temporaryFolder())
    await mkdir(join(caller, "my bin"))
    await symlink(join(checkout, "scripts", name), join(caller, "my bin", "first"))
    await symlink("first", join(caller, "my bin", "second"))

    const seen = await call(join(caller, "my bin", "second"), caller, { DATA_DIR: "mine", CDPATH: "/" })

    expect(seen).toMatchObject({ cwd: caller, DATA_DIR: "mine" })
  })

  it("keeps the data in the checkout by default", async () => {
    const checkout = await preparedCheckout()
    const script = join(checkout, "scripts", name)

    expect(await call(script, await temporaryFolder())).toMatchObject({ DATA_DIR: join(checkout, "data") })
    expect((await call(script, checkout)).DATA_DIR).toBeUndefined()
  })
})

describe("scripts/stack env", () => {
  it("says which services are not running, through a symbolic link too", async () => {
    const folder = await temporaryFolder()
    await symlink(join(process.cwd(), "scripts", "stack"), join(folder, "stack"))

    const failure: { code?: number; stdout?: string; stderr?: string } = await run(
      join(folder, "stack"),
      ["env", "kafka", "redis"],
      { env: { PATH: process.env.PATH, STACK_DIR: join(folder, "none") } },
    ).catch(error => error)

    expect(failure).toMatchObject({
      code: 1,
      stdout: "KAFKA_BROKERS=127.0.0.1:9092\nREDIS_URL=redis://127.0.0.1:6379/0\n",
      stderr: expect.stringContaining(
        `not running in ${folder}/none: kafka redis; start them: scripts/stack up`,
      ),
    })
  })
})

/** Our scripts with a program that only prints what it sees; installed and built, as far as they look. */
async function preparedCheckout(): Promise<string> {
  const checkout = await realpath(await temporaryFolder())
  await cp("scripts", join(checkout, "scripts"), { recursive: true })
  for (const folder of ["src", "dist", "node_modules"]) await mkdir(join(checkout, folder))
  for (const file of ["package-lock.json", "tsconfig.json"]) await writeFile(join(checkout, file), "{}")
  const { stdout } = await run("sh", ["-c", "cksum <package-lock.json"], { cwd: checkout })
  await writeFile(join(checkout, "node_modules", ".installed-lock"), stdout.trimEnd())
  await writeFile(join(checkout, "dist", "main.js"), MAIN)
  await writeFile(join(checkout, "dist", ".built"), "")
  return checkout
}

async function call(
  script: string,
  cwd: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Seen> {
  const { stdout } = await run(script, [], { cwd, env: { PATH: process.env.PATH, ...settings } })
  return JSON.parse(stdout) as Seen
}
