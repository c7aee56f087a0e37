import fc from "fast-check"
import { builtInCatalogue } from "../../../src/domain/catalogue.js"
import { type CommandName, commandTypes } from "../../../src/domain/commands.js"
import { byType } from "../../../src/domain/goods.js"
import { GRANT_MAX } from "../../../src/domain/kinds.js"
import type { InputOf } from "./game.js"

// Few of each, so that they meet. `rich` begins near the gold limit.
const playerId = fc.constantFrom("alice", "bob", "carol", "dave", "rich")
const guildName = fc.constantFrom("Knights", "Bards", "The Knights")
const guildId = fc.constantFrom("knights", "bards", "the-knights")
const swordType = fc.constantFrom(...builtInCatalogue.swords.map(({ type }) => type), "spoon")
const ownedOften = fc.constantFrom("wooden-sword", "dagger", "gladius", "spoon")
const region = fc.constantFrom("eu-west", "asia")
const amount = fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: GRANT_MAX }))
const monster = fc.constantFrom(...builtInCatalogue.monsters.map(({ type }) => type), "unicorn")
/** A few of what players have. */
const goods = fc
  .record({
    gold: fc.constantFrom(0, 1, 50, 700),
    swords: fc.uniqueArray(fc.record({ swordType: ownedOften, count: fc.integer({ min: 1, max: 2 }) }), {
      selector: ({ swordType }) => swordType,
      maxLength: 2,
    }),
  })
  .map(({ gold, swords }) => ({ gold, swords: swords.sort(byType) }))
const sides = fc
  .record({ gives: goods, wants: goods })
  .filter(({ gives, wants }) => [gives, wants].some(({ gold, swords }) => gold + swords.length > 0))
/** See `aimed`. */
const tradeId = fc.integer({ min: 0, max: 999 }).map(n => `${n}-0`)
const capacity = fc.integer({ min: 1, max: 4 })

/** How to generate an input for every command. A new command must be added here. */
const inputs: { readonly [N in CommandName]: fc.Arbitrary<InputOf<N>> } = {
  registerPlayer: fc.record({ playerId, name: fc.constant("A name"), region }),
  grantGold: fc.record({ playerId, amount, reason: fc.constant("a reason") }),
  buySword: fc.record({
    ...{ playerId, region: fc.option(region) },
    swordType: fc.oneof(swordType, ownedOften),
  }),
  sellSword: fc.record({ playerId, swordType: ownedOften }),
  fightMonster: fc.record({ playerId, monster }),
  rest: fc.record({ playerId }),
  gift: fc.oneof(
    fc.record({
      ...{ fromPlayerId: playerId, toPlayerId: playerId },
      ...{ gold: fc.constantFrom(1, 300, 2000), swordType: fc.constant(null) },
    }),
    fc.record({
      ...{ fromPlayerId: playerId, toPlayerId: playerId },
      gold: fc.constant(null),
      swordType: ownedOften,
    }),
  ),
  offerTrade: fc
    .record({ playerId, toPlayerId: playerId, sides })
    .map(({ sides: { gives, wants }, ...players }) => ({ ...players, gives, wants })),
  acceptTrade: fc.record({ playerId, fromPlayerId: playerId, tradeId }),
  withdrawTrade: fc.record({ playerId, otherPlayerId: playerId, tradeId }),
  foundGuild: fc.record({ founderId: playerId, name: guildName, capacity }),
  joinGuild: fc.record({ playerId, guildId }),
  leaveGuild: fc.record({ playerId, guildId }),
}

const names = Object.keys(commandTypes) as CommandName[]

/** A command of the game, with players and guilds that meet often. */
export const gameCommand = fc.constantFrom(...names).chain(name => {
  return inputs[name].map(input => ({ name, input: input as never }))
})
