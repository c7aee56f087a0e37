/** A file of a folder. */
export interface LakeFile {
  /** Its name within the folder. */
  readonly name: string
  readonly bytes: number
}

/**
 * The files of the lake, under one root. Paths are relative: segments of [A-Za-z0-9._=-], joined by `/`. All throw
 * HISTORY_UNAVAILABLE when the store is away, full, read-only or slow; then the file may be there or not.
 */
export interface Lake {
  /** The lake's root as an engine's SQL names it: a local folder, or hdfs://…. */
  readonly root: string

  /** Writes a file whole; its length was checked. Readers of the table do not look at it before it is published. */
  write(path: string, bytes: Uint8Array): Promise<void>

  /**
   * Creates a file, never over another: of any number of rivals exactly one is told true. True also when the file that
   * is there has just these bytes: a reply was lost. No reader ever sees a part of it.
   */
  putIfAbsent(path: string, bytes: Uint8Array): Promise<boolean>

  /** Writes a file over another in one step: a reader sees the old or the new one. */
  replace(path: string, bytes: Uint8Array): Promise<void>

  /** Null when there is none. */
  read(path: string): Promise<Uint8Array | null>

  /** The files directly in a folder, by name, without hidden ones; empty when there is no folder. */
  list(folder: string): Promise<readonly LakeFile[]>

  /** Repeatable. */
  delete(path: string): Promise<void>

  close(): Promise<void>
}
