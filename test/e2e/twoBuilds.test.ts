import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest"
import { temporaryFolder } from "../support/folder.js"
import { ask, freePort, Guildhall, type Program } from "../support/guildhall.js"
import { buildExtended } from "./support/extendedBuild.js"

/**
 * Two builds on one DATA_DIR, one after the other: this one, the older, and one that knows one event type more,
 * PotionDrunk, from docs/extending.md.
 */
let newer: string
let builtIn: string

beforeAll(async () => {
  builtIn = await mkdtemp(join(tmpdir(), "guildhall-newer-"))
  newer = await buildExtended(builtIn)
}, 300_000)

afterAll(() => rm(builtIn, { recursive: true }))

// Shows R14.
describe("readers deployed first:", () => {
  test("a new event type costs no rebuild; rolled back, the older build refuses; rolled forward, all goes on", async () => {
    const { older, young } = await realm()
    const before = await older.serve()
    await register(before, "alice")
    await register(before, "bob")
    await ask(before.url, FIGHT)
    await before.stop()

    // Rolled out: nothing is built again, and rolled back before an event was recorded, nothing is refused.
    const first = await young.serve()
    expect(first.output).not.toMatch(/emptied|generation/)
    await first.stop()
    const back = await older.serve()
    expect(await ask(back.url, HEALTH)).toMatchObject({ data: { player: { health: 40 } } })
    await back.stop()

    const second = await young.serve()
    expect(await ask(second.url, DRINK)).toMatchObject({ data: { drinkPotion: { player: { health: 47 } } } })
    await projected(second)
    await second.stop()

    // Rolled back.
    const refusing = await older.start()
    await expect.poll(() => readyz(refusing), WAIT).toMatch(/does not know: PotionDrunk@1/)
    for (const player of ["alice", "bob"]) {
      const { errors } = await buy(refusing, player)
      expect(errors?.[0]?.extensions).toMatchObject({ code: "NEEDS_NEWER_BUILD", retryable: false })
    }
    await refusing.stop()
    const audit = await older.run(["audit"])
    expect(audit.code).toBe(1)
    expect(audit.output).toContain("views      not compared: NEEDS_NEWER_BUILD")
    expect(audit.output).toContain("PotionDrunk@1; run the build that recorded them, or a newer one")
    expect(audit.output).not.toContain("DIFFERENT")
    const status = await older.run(["status"])
    expect(status.output).toContain("NEEDS_NEWER_BUILD")

    // Rolled forward.
    const third = await young.serve()
    expect(third.output).not.toMatch(/emptied|generation/)
    expect((await buy(third, "alice")).errors).toBeUndefined()
    expect(await ask(third.url, HEALTH)).toMatchObject({ data: { player: { health: 47 } } })
    await third.stop()
    expect((await young.run(["audit"])).output).toContain("audit      the log is sound")
  }, 900_000)
})

describe("writers first:", () => {
  test("what the older build froze, the newer one thaws in its own generation, which replaces the other", async () => {
    const { folder, older, young } = await realm()
    const writer = await young.serve()
    await register(writer, "alice")
    await register(writer, "bob")
    await ask(writer.url, FIGHT)
    expect(await ask(writer.url, DRINK)).toMatchObject({ data: { drinkPotion: { player: { health: 47 } } } })
    await writer.stop()
    await rm(join(folder, "realm-0", "views"), { recursive: true })

    // The older build makes the views: it freezes alice, all others go on.
    const freezing = await older.serve()
    const { errors } = await buy(freezing, "alice")
    expect(errors?.[0]?.extensions).toMatchObject({ code: "NEEDS_NEWER_BUILD" })
    expect((await buy(freezing, "bob")).errors).toBeUndefined()
    await projected(freezing)
    await freezing.stop()
    expect((await older.run(["audit"])).output).toContain("frozen     player/alice")
    expect((await young.run(["audit"])).output).toMatch(
      /not compared: VIEWS_UNAVAILABLE: .* frozen by an older build/,
    )

    const thawing = await young.serve()
    expect(await ask(thawing.url, HEALTH)).toMatchObject({ data: { player: { health: 47 } } })
    expect((await buy(thawing, "alice")).errors).toBeUndefined()
    await projected(thawing)
    await thawing.stop()
    const audit = await young.run(["audit"])
    expect(audit.output).toContain("audit      the log is sound")
    expect(thawing.output).toContain('.2","replaces"')

    // The older build meets its own generation no more.
    const refusing = await older.start()
    await expect.poll(() => readyz(refusing), WAIT).toMatch(/does not know: PotionDrunk@1/)
    await refusing.stop()
  }, 900_000)
})

/** For a process that starts beside others. */
const WAIT = { timeout: 120_000 }

/** A defeat, so that a potion helps. */
const FIGHT =
  'mutation { fightMonster(input: { playerId: "alice", monster: "dragon" }) { player { health } } }'
const DRINK = 'mutation { drinkPotion(input: { playerId: "alice", healthGained: 7 }) { player { health } } }'
const HEALTH = '{ player(id: "alice") { health } }'

/** A folder, and both builds on it. */
async function realm() {
  const folder = await temporaryFolder()
  const settings = { DATA_DIR: folder, PORT: await freePort(), LOG_LEVEL: "info", LAND_WITHIN: "60s" }
  return { folder, older: buildOn(settings), young: buildOn(settings, { main: newer }) }
}

function buildOn(settings: Readonly<Record<string, string>>, program: Partial<Program> = {}) {
  const kept = (server: Guildhall) => {
    onTestFinished(() => server.kill9())
    return server
  }
  return {
    serve: async () => kept(await Guildhall.serve(settings, [], program)),
    /** Does not wait until it is ready. */
    start: async () => kept(Guildhall.start(["serve"], settings, program)),
    run: (args: readonly string[]) => Guildhall.run(args, settings, program),
  }
}

async function register({ url }: Guildhall, playerId: string): Promise<void> {
  const mutation = `mutation ($id: ID!) {
    registerPlayer(input: { playerId: $id, name: "Somebody", region: "eu" }) { refusal { code } } }`
  expect(await ask(url, mutation, { id: playerId })).toMatchObject({
    data: { registerPlayer: { refusal: null } },
  })
}

function buy({ url }: Guildhall, playerId: string) {
  const mutation = `mutation ($id: ID!) { buySword(input: { playerId: $id, swordType: "dagger" }) { purchase { id } } }`
  return ask(url, mutation, { id: playerId })
}

/** Resolves once the views have all of the log. */
async function projected({ url }: Guildhall): Promise<void> {
  const behind = async () => {
    const { data } = await ask(url, "{ status { head projected } }")
    const { head, projected } = JSON.parse(JSON.stringify(data?.status))
    return head - projected
  }
  await expect.poll(behind, WAIT).toBe(0)
}

async function readyz({ origin }: Guildhall): Promise<string> {
  return fetch(`${origin}/readyz`).then(
    answer => answer.text(),
    () => "no answer",
  )
}
