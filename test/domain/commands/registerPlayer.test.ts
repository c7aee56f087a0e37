import { expect } from "vitest"
import { granted, registered } from "../../support/events.js"
import { register } from "../support/requests.js"
import { scenario } from "../support/scenario.js"

scenario("a new player starts with 1000 gold and 100 health")
  .when(register("alice", { name: "Alice", region: "asia" }))
  .then({
    type: "PlayerRegistered",
    v: 1,
    data: { player: "alice", region: "asia", gold: 1000, health: 100 },
    personal: { name: "Alice" },
  })

scenario("a new player has no sword and no guild")
  .when(register("alice", { name: "Alice" }))
  .thenState(game => {
    expect(game.player("alice")).toMatchObject({ name: "Alice", gold: 1000, swords: {}, guild: null })
  })

scenario("registering twice is refused")
  .given(registered("alice"))
  .when(register("alice"))
  .thenRefused("PLAYER_EXISTS")

scenario("registering again does not give the gold of a start back")
  .given(registered("alice", { gold: 0 }), granted("alice", 1))
  .when(register("alice", { name: "Somebody else" }))
  .thenRefused("PLAYER_EXISTS")
