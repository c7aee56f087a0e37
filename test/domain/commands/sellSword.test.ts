import { expect } from "vitest"
import { GOLD_MAX } from "../../../src/domain/kinds.js"
import { bought, granted, registered, sold } from "../../support/events.js"
import { sell } from "../support/requests.js"
import { scenario } from "../support/scenario.js"

scenario("selling gives half the catalogue's price")
  .given(registered("alice"), bought("alice", "katana", 150))
  .when(sell("alice", "katana"))
  .then(sold("alice", "katana", 75))

scenario("half of an odd price is rounded down")
  .given(registered("alice"), bought("alice", "dagger", 25))
  .when(sell("alice", "dagger"))
  .then(sold("alice", "dagger", 12))

scenario("the catalogue's price counts, not what was paid")
  .given(registered("alice"), bought("alice", "katana", 10))
  .when(sell("alice", "katana"))
  .then(sold("alice", "katana", 75))

scenario("a sword that the catalogue no longer lists is sold at half of what was paid, the least of several")
  .given(
    registered("alice", { gold: 2000 }),
    bought("alice", "trident", 351),
    bought("alice", "trident", 300),
  )
  .given(bought("alice", "trident", 400))
  .when(sell("alice", "trident"))
  .then(sold("alice", "trident", 150))

scenario("one of two is sold, the other stays, and its price")
  .given(registered("alice"), bought("alice", "katana", 150), bought("alice", "katana", 140))
  .when(sell("alice", "katana"))
  .thenState(game => {
    expect(game.player("alice")).toMatchObject({
      gold: 785,
      swords: { katana: 1 },
      swordPrices: { katana: 140 },
    })
  })

scenario("of the last one nothing is left")
  .given(registered("alice"), bought("alice", "katana", 150))
  .when(sell("alice", "katana"))
  .thenState(game => expect(game.player("alice")).toMatchObject({ gold: 925, swords: {}, swordPrices: {} }))

scenario("what is bought again after that has its own price")
  .given(registered("alice"), bought("alice", "trident", 10), sold("alice", "trident", 5))
  .given(bought("alice", "trident", 300))
  .when(sell("alice", "trident"))
  .then(sold("alice", "trident", 150))

scenario("selling twice what was bought once is refused")
  .given(registered("alice"), bought("alice", "katana", 150), sold("alice", "katana", 75))
  .when(sell("alice", "katana"))
  .thenRefused("SWORD_NOT_OWNED")

scenario("selling for nobody is refused").when(sell("alice", "katana")).thenRefused("PLAYER_NOT_FOUND")

scenario("selling what neither the catalogue nor the player has is refused")
  .given(registered("alice"))
  .when(sell("alice", "spoon"))
  .thenRefused("UNKNOWN_SWORD")

scenario("selling what JavaScript has and nobody else is refused")
  .given(registered("alice"))
  .when(sell("alice", "constructor"))
  .thenRefused("UNKNOWN_SWORD")

scenario("a sale beyond the gold limit is refused")
  .given(registered("alice", { gold: GOLD_MAX }), bought("alice", "dagger", 5), granted("alice", 5))
  .when(sell("alice", "dagger"))
  .thenRefused("GOLD_LIMIT")
