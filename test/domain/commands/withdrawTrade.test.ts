import { expect } from "vitest"
import { goods, offered, registered, tradeMade, tradeWithdrawn } from "../../support/events.js"
import { withdraw } from "../support/requests.js"
import { scenario } from "../support/scenario.js"

const gives = goods(50)
const wants = goods(0, { gladius: 1 })
const trade = "3-0"
const open = [registered("alice"), registered("bob"), offered("alice", "bob", gives, wants)]
const data = { from: "alice", to: "bob", trade, gives, wants }

scenario("whoever offered a trade can withdraw it")
  .given(...open)
  .when(withdraw("alice", "bob", trade))
  .then(tradeWithdrawn("alice", data))

scenario("and the other player can decline it")
  .given(...open)
  .when(withdraw("bob", "alice", trade))
  .then(tradeWithdrawn("bob", data))

scenario("then it is no longer open")
  .given(...open)
  .when(withdraw("bob", "alice", trade))
  .thenState(game => {
    expect(game.player("alice")?.trades).toEqual({})
    expect(game.player("bob")?.offers).toEqual({})
  })

scenario("the player's other trades stay open")
  .given(...open, offered("alice", "bob", gives, wants))
  .when(withdraw("alice", "bob", trade))
  .thenState(game => expect(Object.keys(game.player("bob")?.offers ?? {})).toEqual(["4-0"]))

scenario("withdrawing twice is refused")
  .given(...open, tradeWithdrawn("alice", data))
  .when(withdraw("alice", "bob", trade))
  .thenRefused("TRADE_NOT_FOUND")

scenario("what was made cannot be withdrawn")
  .given(registered("alice"), registered("bob"), offered("alice", "bob", gives, goods(0)))
  .given(tradeMade("bob", "alice", trade, { gives, wants: goods(0) }))
  .when(withdraw("alice", "bob", trade))
  .thenRefused("TRADE_NOT_FOUND")

scenario("a third player cannot withdraw it")
  .given(...open, registered("carol"))
  .when(withdraw("carol", "alice", trade))
  .thenRefused("TRADE_NOT_FOUND")

scenario("nor can it be withdrawn as one with a third player")
  .given(...open, registered("carol"))
  .when(withdraw("alice", "carol", trade))
  .thenRefused("TRADE_NOT_FOUND")

scenario("withdrawing by nobody is refused")
  .given(...open)
  .when(withdraw("nobody", "alice", trade))
  .thenRefused("PLAYER_NOT_FOUND")
