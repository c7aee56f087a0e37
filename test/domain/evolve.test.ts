import { describe, expect, test } from "vitest"
import { type Aggregate, guildAggregate, playerAggregate } from "../../src/domain/aggregates.js"
import { type EventOf, type GameEvent, makeEvent } from "../../src/domain/events.js"
import type { GuildState } from "../../src/domain/guild.js"
import { GOLD_MAX } from "../../src/domain/kinds.js"
import { evolve, type State } from "../../src/domain/states.js"
import {
  bought,
  dissolved,
  fought,
  founded,
  gaveGold,
  gaveSword,
  goods,
  granted,
  joined,
  left,
  offered,
  registered,
  rested,
  sold,
  tradeMade,
  tradeWithdrawn,
} from "../support/events.js"
import { playerState } from "../support/players.js"

const alice = playerState("alice")
const member = playerState("alice", { guild: "knights" })
const knights: GuildState = { id: "knights", name: "Knights", capacity: 2, founder: "bob", members: ["bob"] }
const full: GuildState = { ...knights, members: ["bob", "carol"] }

const owner = playerState("alice", { swords: { katana: 1 }, swordPrices: { katana: 5 } })
const trade = { gives: goods(1), wants: goods(0) }
const katana = { gives: goods(0, { katana: 1 }), wants: goods(0) }
const withdrawal = { from: "alice", to: "bob", trade: "7-0", ...trade }
const trader = playerState("alice", { trades: { "7-0": { player: "bob", ...trade } } })
const bob = playerState("bob", { offers: { "7-0": { player: "alice", ...katana } } })

function gift(what: Pick<EventOf<"GiftGiven">["data"], "gold" | "swordType" | "swordPrice">) {
  return makeEvent("GiftGiven", { player: "alice", to: "bob", ...what })
}

const player = playerAggregate("alice")
const guild = guildAggregate("knights")

describe("an event that cannot follow a state changes nothing and says so:", () => {
  test.each<[string, Aggregate, State, GameEvent]>([
    ["a second registration", player, alice, registered("alice")],
    ["gold for nobody", player, null, granted("alice", 1)],
    ["gold beyond the limit", player, { ...alice, gold: GOLD_MAX }, granted("alice", 1)],
    ["a purchase beyond the purse", player, alice, bought("alice", "katana", 101)],
    ["a second membership", player, member, joined("alice", "bards")],
    ["a guild founded by a member of another", player, member, founded("alice", "bards")],
    ["leaving another guild", player, member, left("alice", "bards")],
    ["leaving without being in one", player, alice, left("alice", "knights")],
    ["the sale of a sword that nobody has", player, alice, sold("alice", "katana", 75)],
    ["a sale beyond the gold limit", player, { ...owner, gold: GOLD_MAX }, sold("alice", "katana", 75)],
    [
      "a fight that costs more health than there is",
      player,
      alice,
      fought("alice", "rat", { healthLost: 101 }),
    ],
    [
      "a victory beyond the gold limit",
      player,
      { ...alice, gold: GOLD_MAX },
      fought("alice", "rat", { goldWon: 5 }),
    ],
    ["a rest beyond full health", player, alice, rested("alice", 1)],
    ["a gift to oneself", player, alice, gaveGold("alice", "alice", 1)],
    ["a gift of more gold than there is", player, alice, gaveGold("alice", "bob", 101)],
    [
      "a gift beyond the receiver's gold limit",
      player,
      { ...alice, gold: GOLD_MAX },
      gaveGold("bob", "alice", 1),
    ],
    ["a gift of a sword that the giver does not have", player, alice, gaveSword("alice", "bob", "katana", 5)],
    ["a gift of both gold and a sword", player, owner, gift({ gold: 1, swordType: "katana", swordPrice: 5 })],
    ["a gift of neither", player, owner, gift({ gold: null, swordType: null, swordPrice: null })],
    [
      "a sword that comes without a price",
      player,
      bob,
      gift({ gold: null, swordType: "katana", swordPrice: null }),
    ],
    ["an offer to oneself", player, alice, offered("alice", "alice", goods(1), goods(0))],
    ["an offer whose id is taken", player, trader, offered("alice", "bob", goods(1), goods(0))],
    ["a trade that is not open", player, alice, tradeMade("bob", "alice", "7-0", trade)],
    [
      "a trade made with another than it was offered to",
      player,
      trader,
      tradeMade("carol", "alice", "7-0", trade),
    ],
    ["a trade with oneself", player, trader, tradeMade("alice", "alice", "7-0", trade)],
    ["a trade of a sword without its price", player, bob, tradeMade("bob", "alice", "7-0", katana)],
    [
      "a trade of what is gone",
      ...([player, { ...trader, gold: 0 }] as const),
      tradeMade("bob", "alice", "7-0", { gives: goods(1), wants: goods(0) }),
    ],
    ["a withdrawal of what is not open", player, alice, tradeWithdrawn("alice", withdrawal)],
    ["a withdrawal by a third player", player, trader, tradeWithdrawn("carol", withdrawal)],
    ["a guild founded twice", guild, knights, founded("alice", "knights")],
    ["joining what does not exist", guild, null, joined("alice", "knights")],
    ["joining a full guild", guild, full, joined("alice", "knights")],
    ["joining twice", guild, knights, joined("bob", "knights")],
    ["a stranger who leaves", guild, knights, left("alice", "knights")],
    ["the end of a guild with members", guild, knights, dissolved("bob", "knights")],
    ["the end of no guild", guild, null, dissolved("bob", "knights")],
    ["an event that is not about guilds", guild, knights, granted("alice", 1)],
  ])("%s", (_, aggregate, state, event) => {
    expect(evolve(aggregate, state, event, "7-0")).toBeUndefined()
  })

  test("an event of a kind of aggregate that this build does not know", () => {
    expect(evolve("dragon/smaug" as Aggregate, null, registered("alice"), "7-0")).toBeUndefined()
  })
})

test("a player that is erased has no name", () => {
  const { personal: _, ...erased } = registered("alice")

  expect(evolve(player, null, erased, "7-0")).toMatchObject({ id: "alice", name: null })
})

test("a sword named like a property of JavaScript's objects is counted like any other", () => {
  expect(evolve(player, alice, bought("alice", "constructor", 1), "7-0")).toMatchObject({
    swords: { constructor: 1 },
  })
})

test("states are not changed in place", () => {
  const before = structuredClone({ member, knights })

  evolve(player, member, bought("alice", "dagger", 1), "7-0")
  evolve(guild, knights, joined("alice", "knights"), "7-0")

  expect({ member, knights }).toEqual(before)
})
