import { describe, expect, test } from "vitest"
import { type Aggregate, guildAggregate, playerAggregate } from "../../src/domain/aggregates.js"
import type { GameEvent } from "../../src/domain/events.js"
import type { GuildState } from "../../src/domain/guild.js"
import { GOLD_MAX } from "../../src/domain/kinds.js"
import { evolve, type State } from "../../src/domain/states.js"
import { bought, dissolved, founded, granted, joined, left, registered } from "../support/events.js"
import { playerState } from "../support/players.js"

const alice = playerState("alice")
const member = playerState("alice", { guild: "knights" })
const knights: GuildState = { id: "knights", name: "Knights", capacity: 2, founder: "bob", members: ["bob"] }
const full: GuildState = { ...knights, members: ["bob", "carol"] }

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
