import { expect, it } from "vitest"
import { temporaryFolder } from "../support/folder.js"
import { freePort, Guildhall } from "../support/guildhall.js"

/** After so many more records of the log the server is killed: three times in the middle of the load. */
const KILL_EVERY = 15_000

it("100,000 mutations survive three kills: every promise is kept, and the views are the log's fold", async () => {
  const settings = { DATA_DIR: await temporaryFolder(), PORT: await freePort(), LOG_LEVEL: "warn" }
  let server = await Guildhall.serve(settings)
  try {
    const load = Guildhall.start(["load", "--url", server.url, "--count", "100000", "--verify", "--json"])
    for (let kills = 1; kills <= 3; kills++) {
      await expect
        .poll(() => headOf(server.url), { timeout: 120_000, interval: 100 })
        .toBeGreaterThan(kills * KILL_EVERY)
      await server.kill9()
      server = await Guildhall.serve(settings)
    }
    const code = await load.exited()
    expect(load.output).toContain('"verified": true')
    expect(code).toBe(0)
    expect(await server.stop()).toBe(0)
    const audit = await Guildhall.run(["audit"], settings)
    expect(audit.output).toContain("the log is sound, and the views are its fold")
    expect(audit.code).toBe(0)
  } finally {
    await server.kill9()
  }
}, 400_000)

/** How far the log is; 0 while the server does not answer. */
async function headOf(url: string): Promise<number> {
  const status = await Guildhall.run(["status", "--url", url, "--json"])
  return status.code === 0 ? (JSON.parse(status.output) as { head: number }).head : 0
}
