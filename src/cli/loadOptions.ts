import type { RunOptions } from "../load/options.js"

/** What `guildhall load` is asked for. */
export interface LoadOptions extends RunOptions {
  /** Default: the server at the environment's HOST and PORT. */
  readonly url?: readonly string[]
  readonly processes: number
  readonly verifyJournal?: string
  /** The file of the page about the run. */
  readonly html?: string
  readonly json: boolean
}
