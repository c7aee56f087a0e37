import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, it } from "vitest"
import { Closers } from "../../benchmarks/comparison/closers.js"
import { play } from "../../benchmarks/comparison/compare.js"
import { type Contender, type Turn } from "../../benchmarks/comparison/comparison.js"
import { EventLoop } from "../../benchmarks/comparison/eventLoop.js"
import { spreadOf } from "../../benchmarks/comparison/spread.js"
import { choiceOf } from "../../benchmarks/rows/purchases/choice.js"
import { Customers } from "../../benchmarks/rows/purchases/customers.js"
import { openEmbedded } from "../../benchmarks/rows/purchases/embedded.js"
import { FIGURES } from "../../benchmarks/rows/purchases/open.js"
import { temporaryFolder } from "../support/folder.js"

// Needs no service. It is here because these files run one at a time: what it measures is small.

const PLAYERS = 200
const TURN_MS = 5000

/** How much more work the slower server does, as a share of what it does anyway. */
const SLOWER_BY = 0.1

/** By so many rounds more must one be dearer than the other; and the median must show at least half of the slowdown. */
const LEAD = 7
const ROUNDS_MAX = 20

/**
 * Works before each request for a share of what the last requests took: so it keeps up with the compiler. The server as
 * usual has it too, without work: being called through it costs something as well.
 */
const slowdown = (share: number) => `
  import { Server } from "node:http"
  const EACH = 200
  const emit = Server.prototype.emit
  let requests = 0
  let work = 0
  let last = process.cpuUsage()
  Server.prototype.emit = function (event, ...rest) {
    if (event === "request") {
      if (++requests % EACH === 0) {
        const { user, system } = process.cpuUsage(last)
        last = process.cpuUsage()
        work = ((user + system) / EACH) * ${share / (1 + share)}
      }
      const until = performance.now() + work / 1000
      while (performance.now() < until);
    }
    return emit.call(this, event, ...rest)
  }
`

it("compare purchases sees that our server became 10 % dearer", { timeout: 900_000 }, async () => {
  const folder = await temporaryFolder()
  await Closers.closing(async closers => {
    const idle = await EventLoop.ofIdle(closers)
    const open = async (name: string, role: Contender["role"], share: number) => {
      const module = join(folder, `slowdown-${share}.mjs`)
      await writeFile(module, slowdown(share))
      // Without landings, which cost the same however much was bought: turns as short as these would differ by them.
      const side = { ...(await openEmbedded(PLAYERS, "1h", closers, [module])), settle: async () => {} }
      const customers = new Customers(side, choiceOf("uniform", PLAYERS), idle)
      const turn = () => customers.turn(TURN_MS)
      return { name, role, turn, verify: () => side.verify(customers.bought) }
    }
    const slower = await open("slower", "ours", SLOWER_BY)
    const usual = await open("as usual", "peer", 0)
    // Warms them up.
    for (const contender of [slower, usual]) await contender.turn()

    const ratios = await ratiosUntilLead([slower, usual])

    const dearer = ratios.filter(ratio => ratio > 1).length
    expect(dearer - (ratios.length - dearer), `the ratios: ${ratios.join(", ")}`).toBe(LEAD)
    expect(spreadOf(ratios).median).toBeGreaterThan(1 + SLOWER_BY / 2)
    expect([...(await slower.verify()), ...(await usual.verify())]).toEqual([])
  })
})

/** The cost of the first to that of the second in each round, until one has that lead or there were enough. */
async function ratiosUntilLead(contenders: readonly Contender[]): Promise<number[]> {
  const ratios: number[] = []
  let lead = 0
  while (Math.abs(lead) < LEAD && ratios.length < ROUNDS_MAX) {
    const sides = await play({ figures: FIGURES, plotted: [], rounds: 2, turnIs: "", contenders })
    const [first = [], second = []] = sides.map(({ turns }) => turns.map(costOf))
    for (const [round, cost] of first.entries()) {
      const ratio = cost / (second[round] ?? Number.NaN)
      ratios.push(ratio)
      lead += ratio > 1 ? 1 : -1
      if (Math.abs(lead) >= LEAD) break
    }
  }
  return ratios
}

function costOf({ cost = Number.NaN }: Turn): number {
  return cost
}
