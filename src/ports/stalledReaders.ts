/** A process that holds an old state of an embedded store: its pages are kept, so that the file grows. */
export interface StalledReader {
  readonly pid: number
  readonly forMs: number
}
