import { expect } from "vitest"
import type { GameEvent } from "../../../src/domain/events.js"
import { dissolved, founded, joined, left, registered } from "../../support/events.js"
import { join } from "../support/requests.js"
import { scenario } from "../support/scenario.js"

const founder = registered("zoe")

scenario("joining makes a member")
  .given(founder, founded("zoe", "knights"), registered("alice"))
  .when(join("alice", "knights"))
  .then(joined("alice", "knights"))

scenario("members are sorted")
  .given(founder, founded("zoe", "knights"), registered("alice"))
  .when(join("alice", "knights"))
  .thenState(game => expect(game.guild("knights")?.members).toEqual(["alice", "zoe"]))

scenario("joining twice is refused")
  .given(founder, founded("zoe", "knights"), registered("alice"), joined("alice", "knights"))
  .when(join("alice", "knights"))
  .thenRefused("ALREADY_IN_GUILD")

scenario("a player is in one guild at most")
  .given(founder, founded("zoe", "knights"), registered("alice"), founded("alice", "bards"))
  .when(join("alice", "knights"))
  .thenRefused("ALREADY_IN_GUILD")

scenario("who has left may join again")
  .given(founder, founded("zoe", "knights"), registered("alice"))
  .given(joined("alice", "knights"), left("alice", "knights"))
  .when(join("alice", "knights"))
  .then(joined("alice", "knights"))

scenario("joining by nobody is refused")
  .given(founder, founded("zoe", "knights"))
  .when(join("alice", "knights"))
  .thenRefused("PLAYER_NOT_FOUND")

scenario("joining what nobody founded is refused")
  .given(registered("alice"))
  .when(join("alice", "knights"))
  .thenRefused("GUILD_NOT_FOUND")

scenario("joining what is dissolved is refused")
  .given(founder, founded("zoe", "knights"), left("zoe", "knights"), dissolved("zoe", "knights"))
  .given(registered("alice"))
  .when(join("alice", "knights"))
  .thenRefused("GUILD_NOT_FOUND")

scenario("a member hears first of the guild that it is in, then that the other does not exist")
  .given(founder, founded("zoe", "knights"))
  .when(join("zoe", "bards"))
  .thenRefused("ALREADY_IN_GUILD")

scenario("a guild of one is full with its founder")
  .given(founder, founded("zoe", "knights", { capacity: 1 }), registered("alice"))
  .when(join("alice", "knights"))
  .thenRefused("GUILD_FULL")

scenario("a guild of 500 takes its 500th member")
  .given(...guildOf(499))
  .when(join("alice", "knights"))
  .thenState(game => expect(game.guild("knights")?.members.length).toBe(500))

scenario("a guild of 500 takes no 501st")
  .given(...guildOf(500))
  .when(join("alice", "knights"))
  .thenRefused("GUILD_FULL")

scenario("where one of 500 has left, there is room")
  .given(...guildOf(500), left("m7", "knights"))
  .when(join("alice", "knights"))
  .then(joined("alice", "knights"))

function guildOf(members: number): GameEvent[] {
  const others = Array.from({ length: members - 1 }, (_, i) => `m${i}`)
  return [
    founder,
    founded("zoe", "knights", { capacity: 500 }),
    ...others.flatMap(id => [registered(id), joined(id, "knights")]),
    registered("alice"),
  ]
}
