import { expect } from "vitest"
import { GOLD_MAX, GRANT_MAX } from "../../../src/domain/kinds.js"
import { granted, registered } from "../../support/events.js"
import { grant } from "../support/requests.js"
import { scenario } from "../support/scenario.js"

scenario("granting gives gold")
  .given(registered("alice", { gold: 1 }))
  .when(grant("alice", 5))
  .then(granted("alice", 5))

scenario("granting twice gives it twice")
  .given(registered("alice", { gold: 0 }), granted("alice", 5))
  .when(grant("alice", 5))
  .thenState(game => expect(game.player("alice")?.gold).toBe(10))

scenario("granting to nobody is refused").when(grant("alice", 5)).thenRefused("PLAYER_NOT_FOUND")

scenario("a grant may be a thousand million")
  .given(registered("alice", { gold: 0 }))
  .when(grant("alice", GRANT_MAX))
  .thenState(game => expect(game.player("alice")?.gold).toBe(1_000_000_000))

scenario("a balance may be 2^53 - 1")
  .given(registered("alice", { gold: GOLD_MAX - 5 }))
  .when(grant("alice", 5))
  .thenState(game => expect(game.player("alice")?.gold).toBe(2 ** 53 - 1))

scenario("a balance may not be 2^53")
  .given(registered("alice", { gold: GOLD_MAX - 5 }))
  .when(grant("alice", 6))
  .thenRefused("GOLD_LIMIT")

scenario("the richest player gets nothing more")
  .given(registered("alice", { gold: GOLD_MAX }))
  .when(grant("alice", GRANT_MAX))
  .thenRefused("GOLD_LIMIT")
