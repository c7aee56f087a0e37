/** A process that holds an old state of an embedded store: the store must keep the state's pages, so its file grows. */
export interface StalledReader {
  readonly pid: number
  readonly forMs: number
}
