import { expect, test } from "vitest"
import { commandType } from "../../../src/domain/commands.js"
import { GOLD_MAX } from "../../../src/domain/kinds.js"
import { bought, gaveGold, gaveSword, registered } from "../../support/events.js"
import { giveGold, giveSword } from "../support/requests.js"
import { scenario } from "../support/scenario.js"

const both = [registered("alice"), registered("bob")]

scenario("gold goes from one player to the other")
  .given(...both)
  .when(giveGold("alice", "bob", 400))
  .thenState(game => {
    expect(game.player("alice")?.gold).toBe(600)
    expect(game.player("bob")?.gold).toBe(1400)
  })

scenario("all of it may be given")
  .given(...both)
  .when(giveGold("alice", "bob", 1000))
  .then(gaveGold("alice", "bob", 1000))

scenario("a sword goes with the price that it was bought for")
  .given(...both, bought("alice", "katana", 150))
  .when(giveSword("alice", "bob", "katana"))
  .then(gaveSword("alice", "bob", "katana", 150))

scenario("the receiver's lowest price stays")
  .given(...both, bought("alice", "katana", 150), bought("bob", "katana", 140))
  .when(giveSword("alice", "bob", "katana"))
  .thenState(game => {
    expect(game.player("alice")).toMatchObject({ swords: {}, swordPrices: {} })
    expect(game.player("bob")).toMatchObject({ swords: { katana: 2 }, swordPrices: { katana: 140 } })
  })

scenario("giving twice gives twice")
  .given(...both, gaveGold("alice", "bob", 400))
  .when(giveGold("alice", "bob", 400))
  .thenState(game => expect(game.player("alice")?.gold).toBe(200))

scenario("a gift to oneself is refused")
  .given(...both)
  .when(giveGold("alice", "alice", 1))
  .thenRefused("SAME_PLAYER")

scenario("more gold than there is cannot be given")
  .given(...both)
  .when(giveGold("alice", "bob", 1001))
  .thenRefused("NOT_ENOUGH_GOLD")

scenario("a sword that the giver does not own cannot be given")
  .given(...both, bought("bob", "katana", 150))
  .when(giveSword("alice", "bob", "katana"))
  .thenRefused("SWORD_NOT_OWNED")

scenario("what JavaScript has and the giver does not cannot be given")
  .given(...both)
  .when(giveSword("alice", "bob", "constructor"))
  .thenRefused("SWORD_NOT_OWNED")

scenario("a gift by nobody is refused")
  .given(registered("bob"))
  .when(giveGold("alice", "bob", 1))
  .thenRefused("PLAYER_NOT_FOUND")

scenario("a gift to nobody is refused")
  .given(registered("alice"))
  .when(giveGold("alice", "bob", 1))
  .thenRefused("PLAYER_NOT_FOUND")

scenario("the giver hears first what it lacks, then that there is no receiver")
  .given(registered("alice"))
  .when(giveGold("alice", "bob", 1001))
  .thenRefused("NOT_ENOUGH_GOLD")

scenario("a gift beyond the receiver's gold limit is refused")
  .given(registered("alice"), registered("bob", { gold: GOLD_MAX }))
  .when(giveGold("alice", "bob", 1))
  .thenRefused("GOLD_LIMIT")

test.each([
  ["both gold and a sword", { gold: 1, swordType: "katana" }, "not both"],
  ["neither", { gold: null, swordType: null }, "not neither"],
])("a gift of %s is no gift", (_, given, expected) => {
  const check = commandType("gift").check?.({ fromPlayerId: "alice", toPlayerId: "bob", ...given })

  expect(check).toMatchObject({ field: "gold", expected: expect.stringContaining(expected) })
})
