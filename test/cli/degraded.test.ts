import { mkdir, rm, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, it, onTestFinished, vi } from "vitest"
import { loadConfig } from "../../src/app/config.js"
import { realmMetrics } from "../../src/app/metrics.js"
import { openRealm } from "../../src/app/openRealm.js"
import { startServer } from "../../src/server/server.js"
import { stubGame } from "../server/support/stubGame.js"
import { parseExposition, valueIn } from "../support/exposition.js"
import { temporaryFolder } from "../support/folder.js"
import { KeptLogger } from "../support/keptLogger.js"

const WITHIN = { timeout: 20_000 }

it("a lake that is away holds nothing up: mutations go on, /readyz and metrics report it, and it recovers", async () => {
  const folder = await temporaryFolder()
  const lake = join(folder, "lake")
  await mkdir(folder, { recursive: true })
  await writeFile(lake, "a file where the lake's folder should be")
  const config = loadConfig({ DATA_DIR: folder, LAND_WITHIN: "1s" })
  const logger = new KeptLogger()
  const realm = await openRealm(config, { logger })
  onTestFinished(() => realm.close())
  const metrics = realmMetrics(config, realm)
  const parts = { game: { ...stubGame(), unready: () => realm.health.unready() }, logger, metrics }
  const place = { host: "127.0.0.1", port: 0 }
  const server = await startServer({ ...place, ...parts, degraded: () => realm.health.degraded() })
  onTestFinished(() => server.close())
  const troubled = async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text()
    return valueIn(parseExposition(text), "guildhall_lander_troubled")
  }

  await realm.commands.execute({
    name: "registerPlayer",
    input: { playerId: "alice", name: "Alice", region: "eu" },
  })

  await vi.waitFor(() => expect(realm.health.degraded()).toEqual([expect.stringContaining(lake)]), WITHIN)
  await vi.waitFor(() => expect(realm.health.unready()).toEqual([]), WITHIN)
  const answer = await fetch(`${server.url}/readyz`)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({ ready: true, reasons: [], degraded: realm.health.degraded() })
  expect(await troubled()).toBe(1)

  await rm(lake)

  await vi.waitFor(() => expect(realm.lander?.landed).toBe(realm.tail.position), WITHIN)
  expect(realm.health.degraded()).toEqual([])
  expect(await troubled()).toBe(0)
})

it("the folder behind WORK_DIR vanishes: landing reports it, and goes on by itself once it is back", async () => {
  const folder = await temporaryFolder()
  const [target, link] = [join(folder, "target"), join(folder, "link")]
  await mkdir(target)
  await symlink(target, link)
  const config = loadConfig({ DATA_DIR: join(folder, "data"), WORK_DIR: link, LAND_WITHIN: "1s" })
  const realm = await openRealm(config, { logger: new KeptLogger() })
  onTestFinished(() => realm.close())
  const register = (playerId: string) =>
    realm.commands.execute({ name: "registerPlayer", input: { playerId, name: playerId, region: "eu" } })
  await register("alice")
  await vi.waitFor(() => expect(realm.lander?.landed).toBe(realm.tail.position), WITHIN)
  await rm(target, { recursive: true })

  await register("bob")

  const says = [expect.stringMatching(/lander: .*link.*WORK_DIR/)]
  await vi.waitFor(() => expect(realm.health.degraded()).toEqual(expect.arrayContaining(says)), WITHIN)
  await mkdir(target)
  await vi.waitFor(() => expect(realm.lander?.landed).toBe(realm.tail.position), WITHIN)
})
