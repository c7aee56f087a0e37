import { expect } from "vitest"
import { GOLD_MAX } from "../../../src/domain/kinds.js"
import { bought, fought, registered } from "../../support/events.js"
import { fight } from "../support/requests.js"
import { scenario } from "../support/scenario.js"

const gold = GOLD_MAX

scenario("the healthy beat a wolf with bare hands, and lose half its strength in health, rounded up")
  .given(registered("alice"))
  .when(fight("alice", "wolf"))
  .then(fought("alice", "wolf", { goldWon: 30, healthLost: 5 }))

scenario("whoever is too weak for an ogre loses its whole strength in health")
  .given(registered("alice"))
  .when(fight("alice", "ogre"))
  .then(fought("alice", "ogre", { healthLost: 18 }))

scenario("the strongest sword counts: might equal to the strength wins")
  .given(registered("alice"), bought("alice", "dagger", 25), bought("alice", "excalibur", 0))
  .when(fight("alice", "dragon"))
  .then(fought("alice", "dragon", { goldWon: 600, healthLost: 30 }))

scenario("a tenth of the health is rounded down")
  .given(registered("alice"), bought("alice", "excalibur", 0), fought("alice", "rat", { healthLost: 1 }))
  .when(fight("alice", "dragon"))
  .then(fought("alice", "dragon", { healthLost: 60 }))

scenario("a sword that left the catalogue has no power")
  .given(registered("alice"), bought("alice", "trident", 1))
  .when(fight("alice", "ogre"))
  .then(fought("alice", "ogre", { healthLost: 18 }))

scenario("no more health is lost than there is")
  .given(registered("alice"), fought("alice", "dragon", { healthLost: 93 }))
  .when(fight("alice", "dragon"))
  .then(fought("alice", "dragon", { healthLost: 7 }))

scenario("a victory brings gold and counts")
  .given(registered("alice"), fought("alice", "rat", { goldWon: 5, healthLost: 1 }))
  .when(fight("alice", "wolf"))
  .thenState(game => {
    expect(game.player("alice")).toMatchObject({ gold: 1035, health: 94, monstersBeaten: 2 })
  })

scenario("a defeat neither costs gold nor counts")
  .given(registered("alice"))
  .when(fight("alice", "dragon"))
  .thenState(game => {
    expect(game.player("alice")).toMatchObject({ gold: 1000, health: 40, monstersBeaten: 0 })
  })

scenario("a fight at no health is refused")
  .given(registered("alice"), fought("alice", "dragon", { healthLost: 100 }))
  .when(fight("alice", "rat"))
  .thenRefused("TOO_WEAK")

scenario("a fight by nobody is refused").when(fight("alice", "rat")).thenRefused("PLAYER_NOT_FOUND")

scenario("a fight against what does not exist is refused")
  .given(registered("alice"), fought("alice", "dragon", { healthLost: 100 }))
  .when(fight("alice", "constructor"))
  .thenRefused("UNKNOWN_MONSTER")

scenario("a victory beyond the gold limit is refused")
  .given(registered("alice", { gold }))
  .when(fight("alice", "rat"))
  .thenRefused("GOLD_LIMIT")

scenario("a defeat at the gold limit is possible")
  .given(registered("alice", { gold }))
  .when(fight("alice", "dragon"))
  .then(fought("alice", "dragon", { healthLost: 60 }))
