import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdir, readdir, readFile, symlink } from "node:fs/promises"
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { promisify } from "node:util"
import { describe, expect, it, onTestFinished } from "vitest"
import { figuresOf, percentilesOf } from "../../benchmarks/ab/apacheBench.js"
import { temporaryFolder } from "../support/folder.js"
import { freePort, Guildhall } from "../support/guildhall.js"

const run = promisify(execFile)

/** What a run printed, and its exit code. */
interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

async function ab(words: readonly string[], path = process.env.PATH): Promise<Ran> {
  const env = { PATH: path, HOME: process.env.HOME }
  return run("scripts/ab", words, { env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (failure: Ran) => failure,
  )
}

describe("scripts/ab", () => {
  it("shows that each request is in the log once, or was refused", async () => {
    const out = await temporaryFolder()

    const { code, stdout } = await ab(["--requests", "100", "--concurrency", "4", "--out", out])

    expect(stdout.split("\n").map(line => line.replace(/( +[\d.]+){5}$/, "").replace(/ +/g, " "))).toEqual([
      expect.stringContaining("request sent answered in the log refused replayed per s p50 ms p95 ms"),
      "buySword 100 100 100 0 0",
      "buySword, gold for half 100 100 50 50 0",
      "buySword, one key 100 100 1 0 99",
      "joinGuild 100 100 1 99 0",
      "query by GET 100 100 - 0 0",
      "",
      "refused buySword, gold for half: 50 NOT_ENOUGH_GOLD",
      "refused joinGuild: 99 ALREADY_IN_GUILD",
      "audit the log is sound, and the views are its fold",
      "verified each answered request is in the log once, or was refused, or was answered from the first one",
      "",
    ])
    expect(code).toBe(0)
    const results = JSON.parse(await readFile(join(out, "results.json"), "utf8")) as object[]
    expect(results).toHaveLength(5)
    expect(await readFile(join(out, "latency.svg"), "utf8")).toMatch(/^<svg .*<\/svg>$/s)
  })

  it("reports purchases that somebody makes of one request", async () => {
    const url = await doubling()

    const { code, stdout } = await ab(["--url", url, "--requests", "100", "--out", await temporaryFolder()])

    expect(stdout).toContain(
      "WRONG    buySword: the server counts 200 commands for 100 answers: who else plays?",
    )
    expect(stdout).toContain("WRONG    buySword: expected 100 purchases in the log, found 200")
    expect(stdout).not.toContain("verified")
    expect(code).toBe(1)
  })

  it("says so if no server answers, or what it was called with makes no sense", async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}/graphql`
    const gone = await ab(["--url", nowhere, "--out", await temporaryFolder()])
    expect(gone).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`no GraphQL answers at ${nowhere}`),
    })
    const wrong = await ab(["--requests", "50"])
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("a whole number of at least 100"),
    })
  })

  it("ends its server and deletes its world when it is interrupted", async () => {
    const folder = await temporaryFolder()
    const env = { PATH: process.env.PATH, TMPDIR: folder }
    const child = spawn("scripts/ab", ["--requests", "1000000", "--out", folder], { env })
    onTestFinished(() => {
      child.kill("SIGKILL")
    })
    let said = ""
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString()
    })
    await expect.poll(() => said).toContain("ab sends 1000000 requests")
    await expect
      .poll(() => readdir(folder, { recursive: true }))
      .toContainEqual(expect.stringMatching(/realm-0$/))

    child.kill("SIGTERM")

    const [code] = (await once(child, "close")) as [number | null]
    expect(said).toContain("interrupted: what was sent so far may be in the log")
    expect(code).toBe(1)
    expect((await readdir(folder)).filter(name => name.startsWith("guildhall-"))).toEqual([])
  })

  it("says what to install if there is no ab", async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, "bin"))
    for (const name of ["bash", "node", "dirname", "basename", "cksum", "cat", "find", "id"]) {
      const { stdout } = await run("which", [name])
      await symlink(stdout.trim(), join(folder, "bin", name))
    }

    const ran = await ab([], join(folder, "bin"))

    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("apt-get install apache2-utils") })
  })
})

describe("what ab prints", () => {
  it("is read with broken connections and errors", () => {
    const report = [
      "Complete requests:      100",
      "Failed requests:        12",
      "   (Connect: 2, Receive: 5, Length: 0, Exceptions: 5)",
      "Non-2xx responses:      7",
      "Requests per second:    179.68 [#/sec] (mean)",
      " 100%    273 (longest request)",
    ].join("\n")
    expect(figuresOf(report)).toEqual({ answered: 93, failed: 7, not2xx: 7, perSecond: 179.68, max: 273 })
    expect(percentilesOf("Percentage served,Time in ms\n0,0.5\n1,1.25\n")).toEqual([0.5, 1.25])
  })
})

/** A server behind something that passes on every purchase twice. Returns its address. */
async function doubling(): Promise<string> {
  const port = await freePort()
  const guildhall = await Guildhall.serve({
    DATA_DIR: await temporaryFolder(),
    PORT: port,
    LOG_LEVEL: "warn",
  })
  onTestFinished(() => guildhall.kill9())
  const proxy = createServer(async (request, response) => {
    const body = await bodyOf(request)
    if (body.includes("buySword(")) await pass(request, body, port)
    response.end(await pass(request, body, port))
  }).listen(0, "127.0.0.1")
  await once(proxy, "listening")
  onTestFinished(() => {
    proxy.close()
  })
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/graphql`
}

async function pass({ method = "GET", url }: IncomingMessage, body: string, port: string): Promise<string> {
  const headers = { "content-type": "application/json", "apollo-require-preflight": "yes" }
  const request = method === "GET" ? { headers } : { method, headers, body }
  return (await fetch(`http://127.0.0.1:${port}${url}`, request)).text()
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString()
}
