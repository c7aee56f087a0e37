import { GraphqlClient } from "../../../src/client/graphqlClient.js"
import { freePort, Guildhall } from "../../../test/support/guildhall.js"
import { Closers } from "../../comparison/closers.js"
import type { Turn } from "../../comparison/comparison.js"
import { EventLoop } from "../../comparison/eventLoop.js"
import { PLAYER_PREFIX } from "../../comparison/filledLog.js"
import { ownMemory, processorTime } from "../../comparison/processes.js"
import { problemsOfSold } from "../../comparison/sold.js"
import { choiceOf } from "../purchases/choice.js"
import { Customers } from "../purchases/customers.js"
import { type Side, SWORD } from "../purchases/side.js"
import { problemsOfAudit } from "../purchases/world.js"
import type { GrownWorld } from "./grownWorld.js"

export interface GrowthPlay {
  readonly players: number
  readonly seconds: number
  /** Seconds of purchases before those that count. */
  readonly warmUp: number
  readonly idle: EventLoop
}

/** One length of log. */
export class GrowthSide {
  readonly #world: GrownWorld
  readonly #play: GrowthPlay

  constructor(world: GrownWorld, play: GrowthPlay) {
    this.#world = world
    this.#play = play
  }

  /** A server starts on a new copy of the world, sells, and stops. */
  async turn(): Promise<Turn> {
    await this.#world.renew()
    return Closers.closing(closers => this.#played(closers))
  }

  /** The last turn's copy. */
  verify(): Promise<readonly string[]> {
    return problemsOfAudit([], this.#world.settings)
  }

  async #played(closers: Closers): Promise<Turn> {
    const { players, seconds, warmUp, idle } = this.#play
    const eventLoop = await EventLoop.prepare(closers)
    const settings = { ...this.#world.settings, ...eventLoop.settings, PORT: await freePort() }
    const begun = performance.now()
    const server = await Guildhall.serve(settings)
    const startMs = performance.now() - begun
    closers.add(() => server.kill9())
    const startMemory = await ownMemory(server.pid)
    const customers = new Customers(sideOf(server, eventLoop), choiceOf("uniform", players), idle)
    await customers.turn(warmUp * 1000)
    const { perSecond = 0, p99 = 0 } = await customers.turn(seconds * 1000)
    const memory = await ownMemory(server.pid)
    await this.#checkSales(server, customers.bought)
    const code = await server.stop()
    if (code !== 0) throw new Error(`guildhall ended with ${code}:\n${server.output}`)
    return { perSecond, p99, startMs, startMemory, memory }
  }

  /** Throws unless everything that was bought before and in this turn was sold once. */
  async #checkSales(server: Guildhall, bought: number): Promise<void> {
    const client = new GraphqlClient(server.url)
    try {
      const { purchases, revenue } = this.#world.filled
      const total = revenue + bought * SWORD.price
      const [problem] = await problemsOfSold(client, purchases + bought, total)
      if (problem !== undefined) throw new Error(problem)
    } finally {
      await client.close()
    }
  }
}

/** What landing costs is not among the figures: nothing is waited for. */
function sideOf(server: Guildhall, eventLoop: EventLoop): Side {
  return {
    name: "Guildhall",
    url: server.origin,
    prefix: PLAYER_PREFIX,
    eventLoop,
    cost: () => processorTime([server.pid]),
    upkeep: async () => {},
    settle: async () => {},
    verify: async () => [],
  }
}
