/** What the commands of this process did so far, for metrics and for the account of a run. */
export interface CommandStats {
  /** Commits made, and how they were judged. */
  commits: number
  effective: number
  void: number
  /** Commands by how they ended. */
  done: number
  refused: number
  replayed: number
  failed: number
  /** Heads of the log asked for, for refusals. */
  barriers: number
}

export function newStats(): CommandStats {
  return { commits: 0, effective: 0, void: 0, done: 0, refused: 0, replayed: 0, failed: 0, barriers: 0 }
}
