import type { Lander } from "../../src/lander/lander.js"
import { type ConsumerWorld, consumerContract } from "../contract/consumer.js"
import { Chain } from "../log/support/judging.js"
import { granted, registered } from "../support/events.js"
import { commitPath } from "./support/deltaLog.js"
import { LAND_WITHIN_MS, World } from "./support/world.js"

const alice = "player/alice"

function landing(): ConsumerWorld<Lander> {
  const world = new World()
  const chain = new Chain().add([alice], [registered("alice")])
  world.append(chain)
  return {
    clock: world.clock,
    log: world.log,
    logger: world.logger,
    consumer: (name, process) => world.lander(name, { process }),
    append: () => world.append(chain.add([alice], [granted("alice", 5)])),
    appendUnreadable: () => {
      world.append(chain.add(["player/bob"], [{ type: "DragonTamed", v: 1, data: { player: "bob" } }]))
    },
    taken: () => world.places.filter(place => place !== "1-0").length,
    cut: name => world.lake.cut(name),
    heal: name => world.lake.heal(name),
    spoil: () => world.plant(commitPath(world.versions.length), '{"add":'),
    takeUpTo: (lander, offset) => lander.landUpTo(offset),
  }
}

consumerContract(
  "a lander",
  {
    settleMs: LAND_WITHIN_MS,
    lookEveryMs: 10_000,
    stillMs: 2 * LAND_WITHIN_MS,
    pauseMostMs: 30_000,
    stateAfterFault: "standby",
    spoiltCode: "LAKE_CORRUPT",
    unreadableCode: "NEEDS_NEWER_BUILD",
  },
  landing,
)
