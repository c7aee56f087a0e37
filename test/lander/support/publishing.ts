import { Fault } from "../../../src/ports/faults.js"
import type { Lake } from "../../../src/ports/lake.js"

type Put = Lake["putIfAbsent"]

/** The lake, with something that happens when a commit of the table is published. */
export function publishing(put: (path: string, bytes: Uint8Array, real: Put) => Promise<boolean>) {
  return (lake: Lake): Lake => ({
    root: lake.root,
    putIfAbsent: (path, bytes) => put(path, bytes, (to, content) => lake.putIfAbsent(to, content)),
    write: (path, bytes) => lake.write(path, bytes),
    replace: (path, bytes) => lake.replace(path, bytes),
    read: path => lake.read(path),
    list: folder => lake.list(folder),
    delete: path => lake.delete(path),
    close: () => lake.close(),
  })
}

/** What a caller gets when its reply was lost. */
export function noReply(): Fault {
  return new Fault("HISTORY_UNAVAILABLE", "the connection was closed before the answer came")
}
