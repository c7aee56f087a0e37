import { randomInt } from "node:crypto"
import { expect, it } from "vitest"
import { seededRandom } from "../../src/load/random.js"
import { Bazaar } from "../support/bazaar.js"
import { temporaryFolder } from "../support/folder.js"
import { freePort, Guildhall } from "../support/guildhall.js"

const seed = Number(process.env.SEED ?? randomInt(1_000_000))

/** The server is killed after this many more trades. */
const KILL_EVERY = 80

it(`a trade is whole or not at all, whenever the server is killed (SEED=${seed})`, async () => {
  const settings = { DATA_DIR: await temporaryFolder(), PORT: await freePort(), LOG_LEVEL: "warn" }
  let server = await Guildhall.serve(settings)
  const { url } = server
  const bazaar = new Bazaar({ urls: () => [url], traders: 8, name: `s${seed}`, random: seededRandom(seed) })
  let over = false
  const isOver = () => over || bazaar.problems.length > 0
  try {
    await bazaar.open()
    const watching = bazaar.watch(() => url, isOver)
    const trading = bazaar.trade(isOver)
    for (let kills = 1; kills <= 3; kills++) {
      await bazaar.traded(kills * KILL_EVERY)
      await server.kill9()
      server = await Guildhall.serve(settings)
    }
    over = true
    await Promise.all([trading, watching])
    expect(bazaar.problems).toEqual([])
    expect((await bazaar.look(url)).holdings).toEqual(bazaar.expected)
    expect(bazaar.acceptedTwice).toBeGreaterThan(10)
    expect(bazaar.happened.length - bazaar.trades).toBeGreaterThan(30)
    expect(bazaar.sights).toBeGreaterThan(50)
    expect(await server.stop()).toBe(0)
    const audit = await Guildhall.run(["audit"], settings)
    expect(audit.output).toContain("the log is sound, and the views are its fold")
    expect(audit.code).toBe(0)
  } finally {
    over = true
    await server.kill9()
  }
}, 300_000)
