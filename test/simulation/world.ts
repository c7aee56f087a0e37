import { Client } from "./client.js"
import type { History } from "./history.js"
import { runNemesisOp } from "./nemesis.js"
import type { Plan } from "./plan.js"
import { HEALS_WITHIN_MS, System, type SystemOptions } from "./system.js"

/** When nothing goes wrong any more, a command is decided within this. */
const CALM_MS = 15_000

/**
 * Runs a plan: clients and faults for a while, then healing, then a command of each client that must be decided, then
 * the end. Returns what it leaves behind, the same for the same plan.
 */
export async function simulate(plan: Plan, options: SystemOptions = {}): Promise<History> {
  const system = new System(plan, options)
  const { clock } = system.shared
  await system.start()
  planNemesis(system, plan)
  const clients = Array.from({ length: plan.clients }, (_, i) => {
    return new Client(system.shared, plan, `c${i}`, () => system.apis)
  })
  const until = clock.now() + plan.durationMs
  const running = Promise.all(clients.map(client => client.run(until)))
  await clock.run(plan.durationMs)
  system.heal()
  await system.within(HEALS_WITHIN_MS, running, "clients still wait for an answer")
  await system.healed()
  const calm = Promise.all(clients.map(client => client.runCalmly()))
  await system.within(CALM_MS, calm, "clients still wait in the calm")
  return system.end()
}

/** All faults begin and end within the faulty phase. */
function planNemesis(system: System, plan: Plan): void {
  const { nemesis, durationMs } = plan
  for (const one of nemesis) {
    const left = durationMs - one.at - 1
    if (left < 0) continue
    const forMs = Math.min(one.forMs, left)
    system.shared.clock.after(one.at, () => runNemesisOp(system, plan, { ...one, forMs }))
  }
}
