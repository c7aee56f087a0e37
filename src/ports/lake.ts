/** A file in a folder. */
export interface LakeFile {
  /** Its name within the folder. */
  readonly name: string
  readonly bytes: number
}

/**
 * The files of the lake, under one root. Paths are relative: segments of [A-Za-z0-9._=-], joined by `/`. Every method
 * throws HISTORY_UNAVAILABLE when the store is unreachable, full, read-only or slow; a write may then have been done.
 */
export interface Lake {
  /** The lake's root as an engine's SQL names it: a local folder, or hdfs://…. */
  readonly root: string

  /** Writes a whole file and checks its length. Readers of the table ignore the file until it is published. */
  write(path: string, bytes: Uint8Array): Promise<void>

  /**
   * Creates a file, never replacing another: of any number of rivals, exactly one gets true. Also true when a file with
   * just these bytes is there already: then a reply was lost. No reader ever sees a partial file.
   */
  putIfAbsent(path: string, bytes: Uint8Array): Promise<boolean>

  /** Atomically replaces a file: a reader sees either the old or the new one. */
  replace(path: string, bytes: Uint8Array): Promise<void>

  /** Null when there is no such file. */
  read(path: string): Promise<Uint8Array | null>

  /** The files directly in a folder, sorted by name, without hidden ones; empty when there is no such folder. */
  list(folder: string): Promise<readonly LakeFile[]>

  /** Idempotent. */
  delete(path: string): Promise<void>

  close(): Promise<void>
}
