import { expect } from "vitest"
import { dissolved, founded, left, registered } from "../../support/events.js"
import { found } from "../support/requests.js"
import { scenario } from "../support/scenario.js"

scenario("founding names the guild by the slug of its name")
  .given(registered("alice"))
  .when(found("alice", "The Knights of  Æ 42!", 7))
  .then(founded("alice", "the-knights-of-42", { name: "The Knights of  Æ 42!", capacity: 7 }))

scenario("the founder is the first member")
  .given(registered("alice"))
  .when(found("alice", "Knights"))
  .thenState(game => {
    expect(game.guild("knights")).toMatchObject({ name: "Knights", founder: "alice", members: ["alice"] })
    expect(game.player("alice")?.guild).toBe("knights")
  })

scenario("founding by nobody is refused").when(found("alice", "Knights")).thenRefused("PLAYER_NOT_FOUND")

scenario("founding twice is refused: the founder is in it")
  .given(registered("alice"), founded("alice", "knights"))
  .when(found("alice", "Knights"))
  .thenRefused("ALREADY_IN_GUILD")

scenario("a name of the same slug is taken")
  .given(registered("alice"), registered("bob"), founded("bob", "the-knights"))
  .when(found("alice", "THE - Knights"))
  .thenRefused("GUILD_EXISTS")

scenario("a member hears first of the guild that it is in")
  .given(registered("alice"), founded("alice", "bards"), registered("bob"), founded("bob", "knights"))
  .when(found("alice", "Knights"))
  .thenRefused("ALREADY_IN_GUILD")

scenario("a dissolved guild may be founded anew, by somebody else and otherwise")
  .given(registered("alice"), founded("alice", "knights", { capacity: 500 }))
  .given(left("alice", "knights"), dissolved("alice", "knights"), registered("bob"))
  .when(found("bob", "knights", 1))
  .thenState(game => {
    expect(game.guild("knights")).toMatchObject({ founder: "bob", capacity: 1, members: ["bob"] })
  })
