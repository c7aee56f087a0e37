import { expect, test } from "vitest"
import { commandType } from "../../../src/domain/commands.js"
import type { GameEvent } from "../../../src/domain/events.js"
import { bought, goods, offered, registered, tradeWithdrawn } from "../../support/events.js"
import { offer } from "../support/requests.js"
import { scenario } from "../support/scenario.js"

const both = [registered("alice"), registered("bob")]
const gives = goods(50, { dagger: 1, katana: 2 })
const wants = goods(0, { gladius: 1 })
const owned = [bought("alice", "katana", 150), bought("alice", "katana", 150), bought("alice", "dagger", 25)]

scenario("an offer says what is given and wanted")
  .given(...both, ...owned)
  .when(offer("alice", "bob", gives, wants))
  .then(offered("alice", "bob", gives, wants))

scenario("it stands open with both players, under the id of its event, and nothing is held back")
  .given(...both)
  .when(offer("alice", "bob", goods(1000), wants))
  .thenState(game => {
    const open = { gives: goods(1000), wants }
    expect(game.player("alice")).toMatchObject({
      gold: 1000,
      trades: { "3-0": { player: "bob", ...open } },
      offers: {},
    })
    expect(game.player("bob")).toMatchObject({ trades: {}, offers: { "3-0": { player: "alice", ...open } } })
  })

scenario("offering twice makes two trades")
  .given(...both, offered("alice", "bob", goods(1000), wants))
  .when(offer("alice", "bob", goods(1000), wants))
  .thenState(game => expect(Object.keys(game.player("alice")?.trades ?? {})).toEqual(["3-0", "4-0"]))

scenario("one may give for nothing")
  .given(...both)
  .when(offer("alice", "bob", goods(1), goods(0)))
  .then(offered("alice", "bob", goods(1), goods(0)))

scenario("and want for nothing")
  .given(...both)
  .when(offer("alice", "bob", goods(0), goods(1)))
  .then(offered("alice", "bob", goods(0), goods(1)))

scenario("what the other player does not have may be wanted")
  .given(...both)
  .when(offer("alice", "bob", goods(0), goods(5000, { excalibur: 3 })))
  .then(offered("alice", "bob", goods(0), goods(5000, { excalibur: 3 })))

scenario("a trade with oneself is refused")
  .given(...both)
  .when(offer("alice", "alice", goods(1), goods(1)))
  .thenRefused("SAME_PLAYER")

scenario("more gold than the player has cannot be offered")
  .given(...both)
  .when(offer("alice", "bob", goods(1001), goods(0)))
  .thenRefused("NOT_ENOUGH_GOLD")

scenario("more swords than the player has cannot be offered")
  .given(...both, ...owned)
  .when(offer("alice", "bob", goods(0, { katana: 3 }), goods(0)))
  .thenRefused("SWORD_NOT_OWNED")

scenario("a sword that does not exist cannot be wanted")
  .given(...both)
  .when(offer("alice", "bob", goods(2000), goods(0, { constructor: 1 })))
  .thenRefused("UNKNOWN_SWORD")

scenario("an offer by nobody is refused")
  .given(registered("bob"))
  .when(offer("alice", "bob", goods(1), goods(1)))
  .thenRefused("PLAYER_NOT_FOUND")

scenario("an offer to nobody is refused")
  .given(registered("alice"))
  .when(offer("alice", "bob", goods(1), goods(1)))
  .thenRefused("PLAYER_NOT_FOUND")

scenario("a player may have 20 open trades")
  .given(...both, ...offers(19, "alice", "bob"))
  .when(offer("alice", "bob", goods(1), goods(1)))
  .thenState(game => expect(Object.keys(game.player("alice")?.trades ?? {})).toHaveLength(20))

scenario("but not 21, to whomever")
  .given(...both, registered("carol"), ...offers(20, "alice", "bob"))
  .when(offer("alice", "carol", goods(1), goods(1)))
  .thenRefused("TRADE_LIMIT")

scenario("nor may 21 stand open that were offered to a player, by whomever")
  .given(...both, registered("carol"), ...offers(20, "alice", "bob"))
  .when(offer("carol", "bob", goods(1), goods(1)))
  .thenRefused("TRADE_LIMIT")

scenario("the other way there is room")
  .given(...both, ...offers(20, "alice", "bob"))
  .when(offer("bob", "alice", goods(1), goods(1)))
  .then(offered("bob", "alice", goods(1), goods(1)))

scenario("and where one of 20 was withdrawn")
  .given(...both, ...offers(20, "alice", "bob"))
  .given(tradeWithdrawn("bob", { from: "alice", to: "bob", trade: "3-0", gives: goods(1), wants: goods(2) }))
  .when(offer("alice", "bob", goods(1), goods(1)))
  .then(offered("alice", "bob", goods(1), goods(1)))

test("nothing for nothing is no trade", () => {
  const input = { playerId: "alice", toPlayerId: "bob", gives: goods(0), wants: goods(0) }

  expect(commandType("offerTrade").check?.(input)).toMatchObject({ field: "gives" })
})

function offers(count: number, from: string, to: string): GameEvent[] {
  return Array.from({ length: count }, () => offered(from, to, goods(1), goods(2)))
}
