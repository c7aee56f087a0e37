import { randomId, systemClock } from "../../src/adapters/system/clock.js"
import type { CommandResult } from "../../src/commands/pendingCommand.js"
import { playerAggregate } from "../../src/domain/aggregates.js"
import { builtInCatalogue } from "../../src/domain/catalogue.js"
import { makeEvent } from "../../src/domain/events.js"
import { stream } from "../../src/lib/stream.js"
import type { Game } from "../../src/resolvers/game.js"

const player = "alice"
const state = {
  id: player,
  name: "Alice",
  region: "eu",
  gold: 990,
  health: 100,
  swords: { "wooden-sword": 1 },
  swordPrices: { "wooden-sword": 10 },
  guild: null,
  trades: {},
  offers: {},
  monstersBeaten: 0,
}
const data = { player, swordType: "wooden-sword", price: 10, region: "eu", guild: null }

const outcome: CommandResult = {
  events: [{ id: "2-0", event: makeEvent("SwordBought", data), at: Date.UTC(2024, 0, 1) }],
  refusal: null,
  replayed: false,
  position: 3,
  states: new Map([[playerAggregate(player), state]]),
  versions: new Map([[playerAggregate(player), 2]]),
  key: "a-key",
}

/** Gives every command the same purchase. */
export const constantCommands: Game["commands"] = { execute: async () => outcome }

/** A game without a realm: only its commands answer. */
export function constantGame(): Game {
  const nothing = () => Promise.reject(new Error("the constant game has no log and no views"))
  return {
    realm: 0,
    catalogue: builtInCatalogue,
    commands: constantCommands,
    stateReader: { read: nothing, list: nothing, top: nothing, checkpoint: null },
    tail: {
      genesis: { logId: "constant", realm: 0, lagMax: 1, format: 1 },
      position: 3,
      head: 3,
      reachedBy: async () => {},
    },
    feed: { size: 0, begin: nothing, upToHead: nothing, follow: () => stream(async function* () {}) },
    clock: systemClock,
    newId: randomId,
    engines: { log: "none", views: "none", lake: "none", history: "none" },
    landed: () => 0,
    history: null,
    queryDeadlineMs: 1000,
    unready: () => [],
  }
}
