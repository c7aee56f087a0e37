import type { RunOptions } from "../options.js"
import type { LoadResult } from "../result.js"

/** What one generator process is to do. */
export interface GeneratorTask {
  readonly urls: readonly string[]
  readonly options: RunOptions
}

/** To a generator process; the task is the first one. */
export type ToGenerator =
  | { readonly kind: "task"; readonly task: GeneratorTask }
  /** All are ready: begin. */
  | { readonly kind: "begin" }
  | { readonly kind: "stop" }

/** From a generator process; a result or a failure is the last one. */
export type FromGenerator =
  /** Its players are there. */
  | { readonly kind: "ready" }
  | { readonly kind: "progress"; readonly done: number; readonly total: number }
  | { readonly kind: "result"; readonly result: LoadResult }
  | { readonly kind: "failed"; readonly reason: string }
