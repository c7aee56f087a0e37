import { parseExposition, valueIn } from "./exposition.js"
import { Guildhall } from "./guildhall.js"

/** What `/readyz` says. */
export interface Readyz {
  readonly status: number
  readonly reasons: readonly string[]
  readonly degraded: readonly string[]
}

export async function readyz(server: Guildhall): Promise<Readyz> {
  const answer = await fetch(`${server.origin}/readyz`)
  const { reasons, degraded } = (await answer.json()) as Omit<Readyz, "status">
  return { status: answer.status, reasons, degraded }
}

/** The names of the engines that the metric says are up. */
export async function enginesUp(server: Guildhall): Promise<string[]> {
  const metrics = parseExposition(await (await fetch(`${server.origin}/metrics`)).text())
  const engines = ["log", "views", "lake", "history"]
  return engines.filter(engine => valueIn(metrics, "guildhall_engine_up", { engine }) === 1)
}

/** What `guildhall status` prints. */
export async function statusOf(server: Guildhall): Promise<string> {
  return (await Guildhall.run(["status", "--url", server.url])).output
}

/** The names of the checks that `guildhall doctor` finds BAD. */
export async function badChecks(
  settings: Guildhall["settings"],
  wrap: readonly string[] = [],
): Promise<string[]> {
  const { output } = await Guildhall.run(["doctor"], settings, { wrap })
  return [...output.matchAll(/^BAD {2}(\w+)/gm)].map(([, name = ""]) => name)
}
