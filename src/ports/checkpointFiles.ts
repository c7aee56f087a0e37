/** A line of a Delta log, as JSON has it. */
export type JsonAction = Readonly<Record<string, unknown>>

/** Delta checkpoints: Parquet files of all actions that make a snapshot. */
export interface CheckpointFiles {
  encode(actions: readonly JsonAction[]): Promise<Uint8Array>

  /** The actions, without what is null in them. Throws Error when it is no checkpoint. */
  decode(bytes: Uint8Array): Promise<readonly JsonAction[]>
}
