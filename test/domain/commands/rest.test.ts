import { expect } from "vitest"
import { fought, registered, rested } from "../../support/events.js"
import { takeRest } from "../support/requests.js"
import { scenario } from "../support/scenario.js"

scenario("a rest gives 20 health")
  .given(registered("alice"), fought("alice", "dragon", { healthLost: 60 }))
  .when(takeRest("alice"))
  .then(rested("alice", 20))

scenario("but no more than full health")
  .given(registered("alice"), fought("alice", "rat", { healthLost: 1 }))
  .when(takeRest("alice"))
  .then(rested("alice", 1))

scenario("a rest at full health is recorded too")
  .given(registered("alice"))
  .when(takeRest("alice"))
  .then(rested("alice", 0))

scenario("the exhausted recover")
  .given(registered("alice"), fought("alice", "dragon", { healthLost: 100 }))
  .when(takeRest("alice"))
  .thenState(game => expect(game.player("alice")?.health).toBe(20))

scenario("resting twice gives twice as much")
  .given(registered("alice"), fought("alice", "dragon", { healthLost: 60 }), rested("alice", 20))
  .when(takeRest("alice"))
  .thenState(game => expect(game.player("alice")?.health).toBe(80))

scenario("a rest of nobody is refused").when(takeRest("alice")).thenRefused("PLAYER_NOT_FOUND")
