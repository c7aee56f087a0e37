import { expect, it } from "vitest"
import { systemClock } from "../../src/adapters/system/clock.js"
import { readGenesis } from "../../src/app/storage.js"
import { FakeLogServer } from "../fakes/logServer.js"

it("an empty log is reported and stays empty, though it would accept a genesis", async () => {
  const log = new FakeLogServer({ clock: systemClock, random: Math.random }).connect("reader")

  await expect(readGenesis(log, 0)).rejects.toMatchObject({ code: "LOG_UNAVAILABLE" })

  expect(await log.bounds()).toMatchObject({ head: 0 })
  await log.close()
})
