import { expect } from "vitest"
import { loadConfig } from "../../../src/app/config.js"
import { openRealm } from "../../../src/app/openRealm.js"
import { temporaryFolder } from "../../support/folder.js"
import { KeptLogger } from "../../support/keptLogger.js"

/** Alice buys once more, with the roles of a process that does not land. */
export async function buysMore(folder: string): Promise<void> {
  const config = loadConfig({ DATA_DIR: folder, ROLES: "api,projector" })
  const realm = await openRealm(config, { logger: new KeptLogger() })
  await realm.commands.execute({ name: "buySword", input: { playerId: "alice", swordType: "dagger" } })
  await realm.close()
}

/** An embedded realm with one player who bought a dagger, all of it projected and nothing landed, and no server running. */
export async function realmFolder(): Promise<string> {
  const folder = await temporaryFolder()
  const realm = await openRealm(loadConfig({ DATA_DIR: folder, ROLES: "api,projector" }), {
    logger: new KeptLogger(),
  })
  const { commands, stateReader, tail } = realm
  await commands.execute({
    name: "registerPlayer",
    input: { playerId: "alice", name: "Alice", region: "eu" },
  })
  await commands.execute({ name: "buySword", input: { playerId: "alice", swordType: "dagger" } })
  await expect
    .poll(async () => {
      await stateReader.refresh()
      return stateReader.checkpoint?.offset
    })
    .toBe(tail.position)
  await realm.close()
  return folder
}
