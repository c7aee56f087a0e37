import type { Contender, Turn } from "../../comparison/comparison.js"
import type { FilledLog } from "../../comparison/filledLog.js"

/** A log, and where its views go. */
export interface RebuildWorld {
  /** Of every process. */
  readonly settings: Readonly<Record<string, string>>
  readonly filled: FilledLog
  readonly views: "LMDB" | "Redis"
  /** The processes of services that a rebuild uses, and those that reading the log alone uses. */
  readonly services: readonly number[]
  readonly logServices: readonly number[]
  removeViews(): Promise<void>
}

export type RebuildSide = Pick<Contender, "name" | "role" | "turn" | "verify">

/** `cpu`: of all server-side processes, in microseconds. */
export function turnOf({ head }: FilledLog, ms: number, cpu: number): Turn {
  return { perSecond: (head * 1000) / ms, cost: cpu / head }
}
