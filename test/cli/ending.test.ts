import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { describe, expect, it, onTestFinished } from "vitest"
import { END_WITHIN_MS } from "../../src/cli/ending.js"
import { startChild } from "../support/child.js"
import { temporaryFolder } from "../support/folder.js"
import { freePort, Guildhall } from "../support/guildhall.js"

const CHILD = new URL("./ending.child.ts", import.meta.url)

describe("a process that shuts down", () => {
  it("finishes its work, also when its terminal is closed, and says what else keeps running", async () => {
    const server = await serve(await temporaryFolder(), ["--at-end", "the services go on"])

    server.signal("SIGHUP")

    expect(await server.exited()).toBe(0)
    expect(server.output).toMatch(/"signal":"SIGHUP".*shutting down: finishing/)
    expect(server.output.trimEnd().split("\n").at(-1)).toBe("the services go on")
  })

  it("ends in time by SIGKILL if a part never closes, and says so", async () => {
    const server = await serve(await hangingLake())

    const signalled = performance.now()
    server.signal("SIGTERM")

    expect(await server.exited()).toBeNull()
    expect(performance.now() - signalled).toBeGreaterThan(END_WITHIN_MS - 1000)
    expect(server.output).toContain("guildhall: not finished after 25 s: something hangs")
  })

  it("ends at once at the second signal, even if a part never closes", async () => {
    const server = await serve(await hangingLake())
    server.signal("SIGTERM")
    await expect.poll(() => server.output).toContain("shutting down: finishing")

    const signalled = performance.now()
    server.signal("SIGHUP")

    expect(await server.exited()).toBeNull()
    expect(performance.now() - signalled).toBeLessThan(END_WITHIN_MS / 2)
    expect(server.output).toContain("guildhall: ended by a second signal, SIGHUP")
  })

  it("ends in time even if its event loop is blocked", async () => {
    const child = startChild(CHILD, ["stand still"])
    await child.line(line => line === "waiting")

    child.process.kill("SIGTERM")

    expect(await child.ended).toMatchObject({ signal: "SIGKILL" })
  })

  it("ends even if its log cannot be written", async () => {
    const settings = { ...(await settingsOf(await temporaryFolder())), LOG_LEVEL: "info" }
    const server = spawn("sh", ["-c", `exec "$0" dist/main.js serve 2>/dev/full`, process.execPath], {
      env: { PATH: process.env.PATH, ...settings },
    })
    onTestFinished(() => void server.kill("SIGKILL"))
    const printed = text(server.stdout)
    const isReady = () =>
      fetch(`http://127.0.0.1:${settings.PORT}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      )
    await expect.poll(isReady, { timeout: 60_000 }).toBe(true)

    server.kill("SIGTERM")

    expect(await once(server, "exit")).toEqual([0, null])
    expect(await printed).toContain("Guildhall runs realm 0")
  })
})

it("an uncaught error ends a server at once, by SIGKILL: an exit would wait for LMDB", async () => {
  const child = startChild(CHILD, ["throw"])

  expect(await child.ended).toMatchObject({ signal: "SIGKILL" })
})

async function settingsOf(folder: string) {
  return { DATA_DIR: folder, PORT: await freePort() }
}

async function serve(folder: string, args: readonly string[] = []): Promise<Guildhall> {
  const server = await Guildhall.serve(await settingsOf(folder), args)
  onTestFinished(() => server.kill9())
  return server
}

/** A data folder whose lake never answers: opening its file for reading waits for a writer, in vain. */
async function hangingLake(): Promise<string> {
  const folder = await temporaryFolder()
  const log = join(folder, "lake", "events", "_delta_log")
  await mkdir(log, { recursive: true })
  for (const name of ["_last_checkpoint", "00000000000000000000.json"]) spawnSync("mkfifo", [join(log, name)])
  return folder
}
