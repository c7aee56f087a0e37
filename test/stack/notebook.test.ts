import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { Redis } from "ioredis"
import { describe, expect, it, onTestFinished } from "vitest"
import { temporaryFolder } from "../support/folder.js"
import { chartsOf, figuresOf, problemsOf, readNotebook, saidBy } from "../support/notebook.js"
import { namesIn, stackHdfs } from "./support/hdfs.js"
import { plainKafka } from "./support/kafka.js"
import { stackPresto } from "./support/presto.js"
import { stackRedisUrl } from "./support/redis.js"

const run = promisify(execFile)
const PYTHON = ".cache/notebook/python/bin/python"

/** How long one run may take; a small season is played for 30 s. */
const WITHIN_MS = 240_000

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

async function ran(command: string, words: readonly string[], env = process.env): Promise<Ran> {
  return run(command, words, { env, timeout: WITHIN_MS }).then(
    done => ({ ...done, code: 0 }),
    (failure: Ran) => failure,
  )
}

/** A small season, from scratch: what it printed, the notebook, the page, and what it left in the folder for such. */
async function quickly(more: readonly string[] = []) {
  const folder = await temporaryFolder()
  const left = await temporaryFolder()
  const env = { ...process.env, TMPDIR: left }
  const done = await ran("scripts/notebook", ["--quick", "--out", join(folder, "r.ipynb"), ...more], env)
  expect(done).toMatchObject({ code: 0 })
  const report = await readNotebook(join(folder, "r.ipynb"))
  const page = await readFile(join(folder, "r.html"), "utf8")
  return { ...done, report, page, left: (await readdir(left)).filter(name => name.startsWith("guildhall")) }
}

describe("scripts/notebook --quick", { timeout: WITHIN_MS }, () => {
  it("makes the whole report embedded, with figures that are GraphQL's, and a page that needs no network", async () => {
    const { stdout, report, page, left } = await quickly()

    expect(problemsOf(report)).toEqual([])
    expect(chartsOf(report).length).toBeGreaterThan(10)
    const figures = figuresOf(report)
    expect(figures.length).toBeGreaterThan(8)
    expect(figures.filter(({ result }) => result !== "equal")).toEqual([])
    expect(saidBy(report)).toMatch(/History: by \*\*DuckDB.*^1\. \*\*.*→ /ms)
    expect(page).toMatch(/<img alt="chart: [^>]*src="data:image\/png;base64,/)
    expect(page).not.toMatch(/(?:src|href)="(?!data:|#)|<script|@import/)
    expect(stdout).toContain("the lake has each event once")
    expect(left).toEqual([])
  })

  it("makes it off Redis and Presto, and leaves nothing on the stack", async () => {
    const before = await onStack()

    const { stdout, stderr, report, left } = await quickly(["--stack"])

    expect(problemsOf(report)).toEqual([])
    expect(figuresOf(report).filter(({ result }) => result !== "equal")).toEqual([])
    expect(figuresOf(report)).toContainEqual({ figure: "leaderboard gold, once more", result: "equal" })
    expect(saidBy(report)).toMatch(/from \*\*Redis\*\*.*History: by \*\*Presto/s)
    expect(stdout).toContain("the lake has each event once")
    expect(stderr).toContain("The services of scripts/stack are still running")
    expect(left).toEqual([])
    expect(await onStack()).toEqual(before)
  })

  it("ends all that it started when it is interrupted", async () => {
    const left = await temporaryFolder()
    const env = { ...process.env, TMPDIR: left }
    const child = spawn("scripts/notebook", ["--quick", "--out", join(left, "r.ipynb")], { env })
    onTestFinished(() => {
      child.kill("SIGKILL")
    })
    let said = ""
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString()
    })
    await expect.poll(() => said).toContain("A new world, and a season in it")
    expect(await processesWith(left)).not.toEqual([])

    child.kill("SIGTERM")

    const [code] = (await once(child, "close")) as [number | null]
    expect(said).toContain("interrupted; nothing was written")
    expect(code).toBe(1)
    expect(await readdir(left)).toEqual([])
    await expect.poll(() => processesWith(left)).toEqual([])
  })
})

describe("the notebook", () => {
  it("ends at a cell that fails, with its message and no stack trace, and is not written: figures that differ", async () => {
    const folder = await temporaryFolder()
    const source =
      "from guildhall_report.figures import Figures\nfigures = Figures()\n" +
      "figures.compare('sales', {'eu': 1}, {'eu': 2}, by='two ways')\nfigures.show()"
    const cells = [
      { cell_type: "markdown", id: "a", metadata: {}, source: "## Sales" },
      { cell_type: "code", id: "b", metadata: {}, source, execution_count: null, outputs: [] },
    ]
    const whole = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }
    await writeFile(join(folder, "in.ipynb"), JSON.stringify(whole))

    const paths = ["in.ipynb", "out.ipynb", "out.html"].map(name => join(folder, name))
    const done = await ran(PYTHON, ["notebooks/execute.py", ...paths])

    const message = "FiguresDiffer: sales, eu: 1 and 2, by two ways"
    expect(done).toMatchObject({ code: 1, stderr: `Sales\ncell 2, under «Sales»: ${message}\n` })
    expect(await readdir(folder)).toEqual(["in.ipynb"])
  })

  it("shows no chart without a unit, and says what to run if it has no server", async () => {
    const problems = ["with charts.chart('Sales', x='sword', y='revenue'): pass", "sources.connect()"]
    const source = problems.map(problem => {
      return `try:\n  ${problem}\nexcept Exception as error: print(error)`
    })
    const imports = "import sys\nsys.path.append('notebooks')\nfrom guildhall_report import charts, sources"

    const { stdout } = await ran(PYTHON, ["-c", [imports, ...source].join("\n")])

    expect(stdout.split("\n")).toEqual([
      "a chart needs a title, two labels and a unit: «Sales», «sword», «revenue»",
      "this notebook needs a server of its own: run scripts/notebook, which starts one",
      "",
    ])
  })
})

/** What runs of the notebook could leave behind. */
async function onStack(): Promise<object> {
  const admin = plainKafka().admin()
  await admin.connect()
  const topics = await admin.listTopics()
  await admin.disconnect()
  const redis = new Redis(stackRedisUrl())
  const keyspace = await redis.info("keyspace")
  redis.disconnect()
  const folders = await namesIn(stackHdfs(), "/")
  const { stdout: schemas } = await run("stack/presto/query", [
    new URL(stackPresto()).port,
    "SHOW SCHEMAS FROM hive",
  ])
  return {
    topics: topics.filter(name => name.startsWith("notebook-")),
    databases: [...keyspace.matchAll(/^db\d+/gm)].map(([name]) => name),
    folders: folders.filter(name => name.startsWith("notebook-")),
    schemas: schemas.match(/notebook_\w+/g),
  }
}

/** The processes that have a folder in their command or their settings. */
async function processesWith(folder: string): Promise<string[]> {
  const found: string[] = []
  for (const id of (await readdir("/proc")).filter(name => /^\d+$/.test(name))) {
    for (const file of ["cmdline", "environ"]) {
      const text = await readFile(`/proc/${id}/${file}`, "utf8").catch(() => "")
      if (text.includes(folder)) found.push(`${id} ${file}`)
    }
  }
  return found
}
