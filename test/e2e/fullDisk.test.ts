import { rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, onTestFinished, test } from "vitest"
import { canMount, onSmallDisk } from "../adapters/lmdb/smallDisk.js"
import { temporaryFolder } from "../support/folder.js"
import { ask, freePort, Guildhall } from "../support/guildhall.js"
import { badChecks, enginesUp, readyz, statusOf } from "../support/health.js"

const WITHIN = { timeout: 60_000, interval: 200 }

const REGISTER = `mutation ($id: ID!) {
  registerPlayer(input: { playerId: $id, name: "A", region: "eu" }) { player { id } }
}`

describe("a server whose disk is full", () => {
  test.runIf(canMount)(
    "says so on /readyz, in status, doctor and metrics before anybody buys, and recovers with room (needs root: it mounts one)",
    async () => {
      const disk = await temporaryFolder()
      const settings = { DATA_DIR: join(disk, "data"), PORT: await freePort(), LOG_LEVEL: "warn" }
      const server = await Guildhall.serve(settings, [], { wrap: onSmallDisk(disk, 64) })
      onTestFinished(() => server.kill9())
      await expect.poll(() => readyz(server), WITHIN).toEqual({ status: 200, reasons: [], degraded: [] })

      const filler = join(`/proc/${server.pid}/root`, disk, "filler")
      await writeFile(filler, Buffer.alloc(50 * 1024 * 1024))

      const full = /^log: log .*: the disk is full$/
      await expect
        .poll(() => readyz(server), WITHIN)
        .toMatchObject({ status: 503, reasons: [expect.stringMatching(full)] })
      expect(await enginesUp(server)).not.toContain("log")
      expect(await statusOf(server)).toMatch(/NOT READY[\s\S]*the disk is full/)
      const beside = ["nsenter", "--mount", `--target=${server.pid}`]
      expect(await badChecks(settings, beside)).toEqual(["data", "server"])
      const refused = await ask(server.url, REGISTER, { id: "alice" })
      expect(refused.errors?.[0]?.extensions).toMatchObject({ code: "LOG_UNAVAILABLE" })

      await rm(filler)

      await expect.poll(() => readyz(server), WITHIN).toEqual({ status: 200, reasons: [], degraded: [] })
      expect(await enginesUp(server)).toEqual(["log", "views", "lake", "history"])
      expect(await badChecks(settings, beside)).toEqual([])
      expect((await ask(server.url, REGISTER, { id: "alice" })).errors).toBeUndefined()
      expect(await server.stop()).toBe(0)
    },
  )
})
