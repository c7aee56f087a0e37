import { expect, test } from "vitest"
import { temporaryFolder } from "../support/folder.js"
import { ask, freePort, Guildhall } from "../support/guildhall.js"

test("what was acknowledged lands at a clean stop, seconds after the start", async () => {
  const settings = { DATA_DIR: await temporaryFolder(), PORT: await freePort(), LOG_LEVEL: "warn" }
  const server = await Guildhall.serve(settings)
  await ask(
    server.url,
    'mutation { registerPlayer(input: { playerId: "alice", name: "Alice", region: "eu" }) { replayed } }',
  )

  expect(await server.stop()).toBe(0)

  expect(server.output).not.toContain("stops before")
  const query = "SELECT player, region FROM player_registrations"
  const { output } = await Guildhall.run(["sql", "--format", "csv", query], settings)
  expect(output).toContain("player,region\nalice,eu")
})
