/** A line of a Delta log, as parsed JSON. */
export type JsonAction = Readonly<Record<string, unknown>>

/** Delta checkpoints: Parquet files of all actions that make up a snapshot. */
export interface CheckpointFiles {
  encode(actions: readonly JsonAction[]): Promise<Uint8Array>

  /** The actions, without their null fields. Throws Error when the bytes are not a checkpoint. */
  decode(bytes: Uint8Array): Promise<readonly JsonAction[]>
}
