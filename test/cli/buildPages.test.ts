import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { beforeEach, describe, expect, test } from "vitest"
import { buildPages } from "../../src/cli/buildPages.js"
import { temporaryFolder } from "../support/folder.js"
import { KeptLogger } from "../support/keptLogger.js"

let folder: string
let logger: KeptLogger

beforeEach(async () => {
  folder = await temporaryFolder()
  logger = new KeptLogger()
})

async function build(commands: string, signal = new AbortController().signal): Promise<void> {
  const script = join(folder, "build")
  await writeFile(script, `#!/bin/sh\n${commands}\n`, { mode: 0o755 })
  await buildPages({ logger, signal, script, logFile: join(folder, "cache/web.log") })
}

const logged = () => readFile(join(folder, "cache/web.log"), "utf8").catch(() => "")

describe("building the pages while the server runs", () => {
  test("reports when they are built; what the script prints goes to a file", async () => {
    await build("echo out; echo err >&2")
    expect(logger.seen).toEqual(["info: the playground is built"])
    expect(await logged()).toBe("out\nerr\n")
  })

  test("reports that it failed, and which file says why", async () => {
    await build("exit 3")
    expect(logger.seen).toEqual(["warn: the playground was not built: scripts/web ended with 3"])
    expect(logger.entries[0]?.fields).toEqual({ log: join(folder, "cache/web.log") })
  })

  test("reports that it could not start", async () => {
    const { signal } = new AbortController()
    const [script, logFile] = [join(folder, "nothing"), join(folder, "web.log")]
    await buildPages({ logger, signal, script, logFile })
    expect(logger.seen).toEqual([expect.stringContaining("was not built: spawn")])
  })

  test("reports that its log cannot be written", async () => {
    await writeFile(join(folder, "cache"), "a file, no folder")
    await build("exit 0")
    expect(logger.seen).toEqual([expect.stringContaining("was not built: ")])
  })

  test("ends with the server, as does everything it started", async () => {
    const ending = new AbortController()
    const inner = "trap 'echo ended; exit' TERM; echo begun; while :; do sleep 0.02; done"
    const building = build(`(${inner}) &\nwait`, ending.signal)
    await expect.poll(logged).toBe("begun\n")

    ending.abort()
    await building
    await expect.poll(logged).toContain("ended\n")
    expect(logger.seen).toEqual([])
  })

  test("does not begin when the server is already shutting down", async () => {
    await build("echo begun", AbortSignal.abort())
    expect(await logged()).toBe("")
    expect(logger.seen).toEqual([])
  })
})
