import { expect } from "vitest"
import { bought, founded, registered } from "../../support/events.js"
import { buy } from "../support/requests.js"
import { scenario } from "../support/scenario.js"

const katana = { player: "alice", swordType: "katana", price: 150, region: "eu-west", guild: null }

scenario("buying takes the catalogue's price, in the player's region")
  .given(registered("alice"))
  .when(buy("alice", "katana"))
  .then({ type: "SwordBought", v: 1, data: katana })

scenario("buying abroad says where")
  .given(registered("alice"))
  .when(buy("alice", "katana", "asia"))
  .then({ type: "SwordBought", v: 1, data: { ...katana, region: "asia" } })

scenario("a member buys for the fame of the guild")
  .given(registered("alice"), founded("alice", "knights"))
  .when(buy("alice", "katana"))
  .then(bought("alice", "katana", 150, "knights"))

scenario("buying the last coin's worth leaves nothing")
  .given(registered("alice", { gold: 150 }))
  .when(buy("alice", "katana"))
  .thenState(game => expect(game.player("alice")).toMatchObject({ gold: 0, swords: { katana: 1 } }))

scenario("buying twice pays twice for two swords")
  .given(registered("alice"), bought("alice", "katana", 150))
  .when(buy("alice", "katana"))
  .thenState(game => expect(game.player("alice")).toMatchObject({ gold: 700, swords: { katana: 2 } }))

scenario("buying for nobody is refused").when(buy("alice", "katana")).thenRefused("PLAYER_NOT_FOUND")

scenario("nobody hears first that there is no player, then that there is no sword")
  .when(buy("alice", "spoon"))
  .thenRefused("PLAYER_NOT_FOUND")

scenario("buying what the catalogue does not have is refused")
  .given(registered("alice"))
  .when(buy("alice", "spoon"))
  .thenRefused("UNKNOWN_SWORD")

scenario("buying what JavaScript has and the catalogue does not is refused")
  .given(registered("alice"))
  .when(buy("alice", "constructor"))
  .thenRefused("UNKNOWN_SWORD")

scenario("the poor hear first that there is no such sword")
  .given(registered("alice", { gold: 0 }))
  .when(buy("alice", "spoon"))
  .thenRefused("UNKNOWN_SWORD")

scenario("buying with too little gold records nothing")
  .given(registered("alice", { gold: 1999 }))
  .when(buy("alice", "excalibur"))
  .thenRefused("NOT_ENOUGH_GOLD")
