import fc from "fast-check"
import { builtInCatalogue } from "../../../src/domain/catalogue.js"
import { type CommandName, commandTypes } from "../../../src/domain/commands.js"
import { GRANT_MAX } from "../../../src/domain/kinds.js"
import type { InputOf } from "./game.js"

// Few of each, so that they meet. `rich` begins near the gold limit.
const playerId = fc.constantFrom("alice", "bob", "carol", "dave", "rich")
const guildName = fc.constantFrom("Knights", "Bards", "The Knights")
const guildId = fc.constantFrom("knights", "bards", "the-knights")
const swordType = fc.constantFrom(...builtInCatalogue.swords.map(({ type }) => type), "spoon")
const region = fc.constantFrom("eu-west", "asia")
const amount = fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: GRANT_MAX }))
const capacity = fc.integer({ min: 1, max: 4 })

/** How to generate an input for every command. A new command must be added here. */
const inputs: { readonly [N in CommandName]: fc.Arbitrary<InputOf<N>> } = {
  registerPlayer: fc.record({ playerId, name: fc.constant("A name"), region }),
  grantGold: fc.record({ playerId, amount, reason: fc.constant("a reason") }),
  buySword: fc.record({ playerId, swordType, region: fc.option(region) }),
  foundGuild: fc.record({ founderId: playerId, name: guildName, capacity }),
  joinGuild: fc.record({ playerId, guildId }),
  leaveGuild: fc.record({ playerId, guildId }),
}

const names = Object.keys(commandTypes) as CommandName[]

/** A command of the game, with players and guilds that meet often. */
export const gameCommand = fc.constantFrom(...names).chain(name => {
  return inputs[name].map(input => ({ name, input: input as never }))
})
