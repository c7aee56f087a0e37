import { join } from "node:path"
import { expect, it } from "vitest"
import { openLmdbLog } from "../../src/adapters/lmdb/log.js"
import { randomId } from "../../src/adapters/system/clock.js"
import { openGenesis } from "../../src/log/genesis.js"
import type { PositionedEvent } from "../../src/tail/eventFilter.js"
import { eventsIn } from "../history/support/model.js"
import { temporaryFolder } from "../support/folder.js"
import { freePort, Guildhall } from "../support/guildhall.js"
import { ReportPoll } from "../support/reportPoll.js"
import { expectExact } from "../support/reportTruth.js"

const COMMANDS = 20_000
const KILL_AT = 8000

it("reports polled all along under load, over a kill, are exact at every answer, wherever the lake ends", async () => {
  const folder = await temporaryFolder()
  const settings = { DATA_DIR: folder, PORT: await freePort(), LOG_LEVEL: "warn", LAND_WITHIN: "1s" }
  let server = await Guildhall.serve(settings)
  const poll = ReportPoll.begin([server.url])
  const load = Guildhall.start(["load", "--url", server.url, "--count", String(COMMANDS), "--verify"])
  try {
    await expect.poll(() => poll.isOver || poll.through > KILL_AT, { timeout: 120_000 }).toBe(true)
    await server.kill9()
    server = await Guildhall.serve(settings)
    expect(await load.exited(), load.output).toBe(0)
    await poll.stop()
    expect(await server.stop()).toBe(0)

    expectExact(poll, await allThatHappened(join(folder, "realm-0", "log")))
    const { sales, pages, past } = poll
    const joined = sales.filter(({ landed, through }) => landed < through)
    expect(sales.length).toBeGreaterThan(100)
    expect(new Set(sales.map(({ landed }) => landed)).size).toBeGreaterThan(5)
    expect(joined.length).toBeGreaterThan(50)
    expect(pages.length).toBeGreaterThan(20)
    expect(past.length).toBeGreaterThan(20)
  } finally {
    await poll.stop()
    await load.kill9()
    await server.kill9()
  }
}, 300_000)

/** The effective events of an embedded log, read by the judged reader. */
async function allThatHappened(folder: string): Promise<readonly PositionedEvent[]> {
  const log = await openLmdbLog({ folder, readOnly: true })
  try {
    const { signal } = new AbortController()
    const genesis = await openGenesis(log, { realm: 0, newId: randomId, signal })
    return await eventsIn(log, genesis, (await log.bounds()).head)
  } finally {
    await log.close()
  }
}
