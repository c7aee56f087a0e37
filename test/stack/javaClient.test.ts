import { execFile } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { expect, onTestFinished, test } from "vitest"
import { freePort, Guildhall } from "../support/guildhall.js"

const SOURCE = fileURLToPath(new URL("support/AskTwice.java", import.meta.url))

test("Java's HTTP client, which offers HTTP/2 by default, is answered", async () => {
  const folder = await mkdtemp(join(tmpdir(), "guildhall-"))
  const server = await Guildhall.serve({ DATA_DIR: folder, PORT: await freePort(), LOG_LEVEL: "warn" })
  onTestFinished(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const { stdout } = await promisify(execFile)("java", [SOURCE, server.url], { timeout: 60_000 })

  const answer = '200 {"data":{"__typename":"Query"}}\n'
  expect(stdout).toBe(answer + answer)
})
