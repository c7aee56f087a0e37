import { expect } from "vitest"
import { dissolved, founded, joined, left, registered } from "../../support/events.js"
import { leave } from "../support/requests.js"
import { scenario } from "../support/scenario.js"

const guildOfTwo = [
  registered("alice"),
  founded("alice", "knights"),
  registered("bob"),
  joined("bob", "knights"),
]

scenario("leaving ends a membership")
  .given(...guildOfTwo)
  .when(leave("bob", "knights"))
  .then(left("bob", "knights"))

scenario("the founder may leave, and the guild goes on")
  .given(...guildOfTwo)
  .when(leave("alice", "knights"))
  .thenState(game => {
    expect(game.guild("knights")).toMatchObject({ founder: "alice", members: ["bob"] })
    expect(game.player("alice")?.guild).toBeNull()
  })

scenario("the last to leave dissolves the guild")
  .given(...guildOfTwo, left("alice", "knights"))
  .when(leave("bob", "knights"))
  .then(left("bob", "knights"), dissolved("bob", "knights"))

scenario("a dissolved guild is none")
  .given(registered("alice"), founded("alice", "knights"))
  .when(leave("alice", "knights"))
  .thenState(game => {
    expect(game.guild("knights")).toBeNull()
    expect(game.player("alice")?.guild).toBeNull()
  })

scenario("leaving twice is refused")
  .given(...guildOfTwo, left("bob", "knights"))
  .when(leave("bob", "knights"))
  .thenRefused("NOT_A_MEMBER")

scenario("leaving somebody else's guild is refused")
  .given(...guildOfTwo, registered("eve"), founded("eve", "bards"))
  .when(leave("eve", "knights"))
  .thenRefused("NOT_A_MEMBER")

scenario("leaving what nobody founded is refused")
  .given(registered("alice"))
  .when(leave("alice", "knights"))
  .thenRefused("NOT_A_MEMBER")

scenario("leaving by nobody is refused")
  .given(...guildOfTwo)
  .when(leave("nobody", "knights"))
  .thenRefused("PLAYER_NOT_FOUND")
