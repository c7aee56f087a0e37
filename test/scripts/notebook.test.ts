import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { describe, expect, it, onTestFinished } from "vitest"
import { temporaryFolder } from "../support/folder.js"
import { chartsOf, figuresOf, problemsOf, readNotebook, saidBy } from "../support/notebook.js"

const run = promisify(execFile)
const STORED = "notebooks/report.ipynb"

describe(STORED, () => {
  it("is stored as it was executed, from the first cell to the last, without an error", async () => {
    const stored = await readNotebook(STORED)
    expect(stored.cells.length).toBeGreaterThan(25)
    expect(problemsOf(stored)).toEqual([])
  })

  it("has charts of all that was asked for, each with a title, labels and a unit", async () => {
    const charts = (await chartsOf(await readNotebook(STORED))).join("\n")
    for (const title of [
      "Swords in the players' hands",
      "Guilds and their free places",
      "Revenue by sword and region",
      "Revenue by region, per minute",
      "Members of the largest guilds",
      "Retention by minute of first purchase",
      "How far players get, by region",
      "Fights by monster",
      "Trades per minute",
      "The ten who spent most",
    ]) {
      expect(charts).toContain(`chart: ${title} | x: `)
    }
  })

  it("has figures that are equal to the server's", async () => {
    const figures = figuresOf(await readNotebook(STORED))
    expect(figures.length).toBeGreaterThan(8)
    expect(figures.filter(({ result }) => result !== "equal")).toEqual([])
  })

  it("uses every mutation, and ends with what to do", async () => {
    const said = saidBy(await readNotebook(STORED))
    expect(said).toMatch(/^1\. \*\*.+\*\* .+\n {3}→ /m)
    const season = await readFile("notebooks/guildhall_report/season.py", "utf8")
    const schema = await readFile("schema/schema.graphql", "utf8")
    const [, fields = ""] = /^type Mutation \{\n(.*?)^\}/ms.exec(schema) ?? []
    const mutations = [...fields.matchAll(/^ {2}(\w+)\(input/gm)].map(([, name = ""]) => name)
    expect(mutations.length).toBeGreaterThan(12)
    expect(mutations.filter(name => !season.includes(`"${name}"`))).toEqual([])
  })
})

describe("what is wrong with a notebook", () => {
  it("is found", () => {
    const image = (words: string) => ({
      output_type: "display_data",
      data: { "image/png": "", "text/plain": words },
    })
    const outputs = [
      image("chart: Sales | x: sword | y: revenue"),
      { output_type: "stream", text: "read /root/data" },
    ]
    expect(problemsOf({ cells: [{ cell_type: "code", source: "", execution_count: 2, outputs }] })).toEqual([
      "code cell 1 was executed as number 2",
      "stream: read /root/data",
      "chart: Sales | x: sword | y: revenue",
      "read /root/data",
    ])
  })
})

describe("scripts/notebook", () => {
  it.each([
    [["--fast"], "--fast is none of its options"],
    [["--out"], "--out: expected a file"],
    [["--out", "report.html"], "expected a file that ends with .ipynb, got report.html"],
    [["--store", "--quick"], "--store keeps the report of a whole season"],
  ])("says what is wrong with %j", async (words, message) => {
    const ran = await notebook("scripts/notebook", words)
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
  })

  it("says so if another run is at work, and leaves that alone", async () => {
    const checkout = await checkoutOfScripts()
    const lock = join(checkout, ".cache", "notebook", "lock")
    await mkdir(join(checkout, ".cache", "notebook"), { recursive: true })
    const other = spawn("flock", [lock, "sh", "-c", "echo held; cat"], { stdio: ["pipe", "pipe", "ignore"] })
    onTestFinished(() => {
      other.stdin.end()
    })
    await once(other.stdout, "data")

    const ran = await notebook(join(checkout, "scripts", "notebook"), [])

    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("another run is at work") })
    expect(other.exitCode).toBeNull()
  })

  it("says what to install if there is no Python", async () => {
    const checkout = await checkoutOfScripts()
    const bin = join(checkout, "bin")
    await mkdir(bin)
    for (const name of ["bash", "node", "dirname", "basename", "cksum", "cat", "find", "id", "mkdir", "rm"]) {
      const { stdout } = await run("which", [name])
      await symlink(stdout.trim(), join(bin, name))
    }

    const ran = await notebook(join(checkout, "scripts", "notebook"), [], bin)

    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("apt-get install python3-venv).") })
    expect(await readdir(join(checkout, ".cache", "notebook"))).toEqual(["lock"])
  })
})

/** Our scripts, in a folder that looks installed and built. */
async function checkoutOfScripts(): Promise<string> {
  const checkout = await temporaryFolder()
  await cp("scripts", join(checkout, "scripts"), { recursive: true })
  for (const folder of ["notebooks", "src", "dist", "node_modules"]) await mkdir(join(checkout, folder))
  for (const file of ["package-lock.json", "tsconfig.json", "notebooks/requirements.txt"])
    await writeFile(join(checkout, file), "{}")
  const { stdout } = await run("sh", ["-c", "cksum <package-lock.json"], { cwd: checkout })
  await writeFile(join(checkout, "node_modules", ".installed-lock"), stdout.trimEnd())
  await writeFile(join(checkout, "dist", ".built"), "")
  return checkout
}

async function notebook(script: string, words: readonly string[], path = process.env.PATH) {
  return run(script, words, { env: { PATH: path, HOME: process.env.HOME } }).then(
    () => ({ code: 0, stderr: "" }),
    (failure: { readonly code: number; readonly stderr: string }) => failure,
  )
}
