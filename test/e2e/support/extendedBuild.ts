import { execFile } from "node:child_process"
import { cp, readFile, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const root = fileURLToPath(new URL("../../../", import.meta.url))
const run = promisify(execFile)

/** A change of a file: what is put after a text that stands there once. */
interface Change {
  readonly file: string
  readonly after: string
  readonly put: string
}

/** A new event type and its command, by the recipe of CONTRIBUTING.md. */
const DRINK_POTION: readonly Change[] = [
  {
    file: "domain/events.ts",
    after: 'GuildLeft: event("GuildLeft", "guild_leaves", { guild: changes("guild", guildId) }),',
    put: '  PotionDrunk: event("PotionDrunk", "potions_drunk", { healthGained: integer(1, 100) }),',
  },
  {
    file: "domain/player.ts",
    after: "  switch (event.type) {",
    put: `    case "PotionDrunk":
      return { ...player, health: player.health + event.data.healthGained }`,
  },
  { file: "audit/gold.ts", after: "  GuildLeft: null,", put: "  PotionDrunk: null," },
  {
    file: "domain/commands.ts",
    after: 'import { buySword } from "./commands/buySword.js"',
    put: 'import { drinkPotion } from "./commands/drinkPotion.js"',
  },
  { file: "domain/commands.ts", after: "  buySword,", put: "  drinkPotion," },
  {
    file: "resolvers/mutations.ts",
    after: "  buySword: BuySwordPayload,",
    put: "  drinkPotion: PlayerPayload,",
  },
]

const COMMAND = `import { playerAggregate } from "../aggregates.js"
import { accept, command } from "../command.js"
import { makeEvent } from "../events.js"
import { integer, playerId } from "../kinds.js"
import { playerNotFound } from "./players.js"

export const drinkPotion = command({
  name: "drinkPotion",
  input: { playerId, healthGained: integer(1, 100) },
  aggregates: input => [playerAggregate(input.playerId)],
  decide({ playerId: id, healthGained }, states) {
    if (states.player(id) === null) return playerNotFound(id)
    return accept(makeEvent("PotionDrunk", { player: id, healthGained }))
  },
})
`

/**
 * Builds the project with one more event type, in a folder, with its own compiler. Returns the path of its
 * `main.js`.
 */
export async function buildWithPotions(folder: string): Promise<string> {
  await cp(join(root, "src"), join(folder, "src"), { recursive: true })
  for (const file of ["package.json", "tsconfig.json", "tsconfig.build.json"]) {
    await cp(join(root, file), join(folder, file))
  }
  await symlink(join(root, "node_modules"), join(folder, "node_modules"))
  for (const change of DRINK_POTION) await apply(join(folder, "src"), change)
  await writeFile(join(folder, "src/domain/commands/drinkPotion.ts"), COMMAND)
  const tsc = join(root, "node_modules/.bin/tsc")
  await run(tsc, ["-p", "tsconfig.build.json"], { cwd: folder }).catch(({ stdout }: { stdout: string }) => {
    throw new Error(`the build with potions does not compile:\n${stdout}`)
  })
  return join(folder, "dist/main.js")
}

async function apply(source: string, { file, after, put }: Change): Promise<void> {
  const path = join(source, file)
  const text = await readFile(path, "utf8")
  const [before, rest, more] = text.split(`${after}\n`)
  if (rest === undefined || more !== undefined) throw new Error(`${file}: expected one line ${after}`)
  await writeFile(path, `${before}${after}\n${put}\n${rest}`)
}
