import { expect } from "vitest"
import { GOLD_MAX } from "../../../src/domain/kinds.js"
import {
  bought,
  gaveGold,
  gaveSword,
  goods,
  offered,
  registered,
  tradeMade,
  tradeWithdrawn,
} from "../../support/events.js"
import { acceptOffer } from "../support/requests.js"
import { scenario } from "../support/scenario.js"

const gives = goods(50, { katana: 1 })
const wants = goods(0, { gladius: 1 })
/** The offer is the fifth event. */
const trade = "5-0"
const open = [
  registered("alice"),
  registered("bob"),
  bought("alice", "katana", 150),
  bought("bob", "gladius", 60),
  offered("alice", "bob", gives, wants),
]
const prices = { gladius: 60, katana: 150 }
const made = tradeMade("bob", "alice", trade, { gives, wants }, prices)

scenario("what was offered changes hands, with what the swords were bought for")
  .given(...open)
  .when(acceptOffer("bob", "alice", trade))
  .then(made)

scenario("all of it, and the trade is no longer open")
  .given(...open)
  .when(acceptOffer("bob", "alice", trade))
  .thenState(game => {
    const none = { trades: {}, offers: {} }
    expect(game.player("alice")).toMatchObject({
      gold: 800,
      swords: { gladius: 1 },
      swordPrices: { gladius: 60 },
      ...none,
    })
    expect(game.player("bob")).toMatchObject({
      gold: 990,
      swords: { katana: 1 },
      swordPrices: { katana: 150 },
      ...none,
    })
  })

scenario("accepting twice is refused")
  .given(...open, made)
  .when(acceptOffer("bob", "alice", trade))
  .thenRefused("TRADE_NOT_FOUND")

scenario("what both give of one type changes hands too, at the lower price")
  .given(registered("alice"), registered("bob"), bought("alice", "katana", 150), bought("bob", "katana", 140))
  .given(offered("alice", "bob", goods(0, { katana: 1 }), goods(1, { katana: 1 })))
  .when(acceptOffer("bob", "alice", trade))
  .then(
    tradeMade(
      ...(["bob", "alice", trade] as const),
      { gives: goods(0, { katana: 1 }), wants: goods(1, { katana: 1 }) },
      { katana: 140 },
    ),
  )

scenario("whoever offered it cannot accept it")
  .given(...open)
  .when(acceptOffer("alice", "bob", trade))
  .thenRefused("TRADE_NOT_FOUND")

scenario("nor can a third player")
  .given(...open, registered("carol"))
  .when(acceptOffer("carol", "alice", trade))
  .thenRefused("TRADE_NOT_FOUND")

scenario("nor can it be accepted as another's")
  .given(...open, registered("carol"))
  .when(acceptOffer("bob", "carol", trade))
  .thenRefused("TRADE_NOT_FOUND")

scenario("nor as that of nobody")
  .given(...open)
  .when(acceptOffer("bob", "nobody", trade))
  .thenRefused("TRADE_NOT_FOUND")

scenario("nor with oneself")
  .given(...open)
  .when(acceptOffer("bob", "bob", trade))
  .thenRefused("TRADE_NOT_FOUND")

scenario("accepting by nobody is refused")
  .given(...open)
  .when(acceptOffer("nobody", "alice", trade))
  .thenRefused("PLAYER_NOT_FOUND")

scenario("what was withdrawn cannot be accepted")
  .given(...open, tradeWithdrawn("alice", { from: "alice", to: "bob", trade, gives, wants }))
  .when(acceptOffer("bob", "alice", trade))
  .thenRefused("TRADE_NOT_FOUND")

scenario("the offerer's sword is gone meanwhile")
  .given(...open, gaveSword("alice", "bob", "katana", 150))
  .when(acceptOffer("bob", "alice", trade))
  .thenRefused("SWORD_NOT_OWNED")

scenario("the offerer's gold is gone meanwhile")
  .given(...open, gaveGold("alice", "bob", 801))
  .when(acceptOffer("bob", "alice", trade))
  .thenRefused("NOT_ENOUGH_GOLD")

scenario("the acceptor hears first what it lacks itself")
  .given(...open, gaveSword("bob", "alice", "gladius", 60), gaveGold("alice", "bob", 801))
  .when(acceptOffer("bob", "alice", trade))
  .thenRefused("SWORD_NOT_OWNED")

scenario("gold beyond the acceptor's limit is refused")
  .given(registered("alice"), registered("bob", { gold: GOLD_MAX }))
  .given(offered("alice", "bob", goods(1), goods(0)))
  .when(acceptOffer("bob", "alice", "3-0"))
  .thenRefused("GOLD_LIMIT")

scenario("gold beyond the offerer's limit is refused")
  .given(registered("alice", { gold: GOLD_MAX }), registered("bob"))
  .given(offered("alice", "bob", goods(0), goods(1)))
  .when(acceptOffer("bob", "alice", "3-0"))
  .thenRefused("GOLD_LIMIT")

scenario("gold both ways at the limit is possible where no balance passes it")
  .given(registered("alice", { gold: GOLD_MAX }), registered("bob"))
  .given(offered("alice", "bob", goods(1000), goods(1000)))
  .when(acceptOffer("bob", "alice", "3-0"))
  .thenState(game => expect(game.player("alice")?.gold).toBe(GOLD_MAX))
