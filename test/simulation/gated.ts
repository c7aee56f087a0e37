import type { Log, LogBatch } from "../../src/ports/log.js"
import type { ViewStore } from "../../src/ports/viewStore.js"
import type { ProcessClock } from "../fakes/clock.js"

/** The view store as one process has it: no answer reaches it while it is paused, or once it is dead. */
export function gatedViewStore(store: ViewStore, process: ProcessClock): ViewStore {
  const through = <T>(answer: Promise<T>): Promise<T> => {
    return new Promise((resolve, reject) => {
      answer.then(
        value => process.deliver(() => resolve(value)),
        (error: unknown) => process.deliver(() => reject(error)),
      )
    })
  }
  return {
    read: (foldVersion, request) => through(store.read(foldVersion, request)),
    swap: (...swapped) => through(store.swap(...swapped)),
    list: (foldVersion, list, after, limit) => through(store.list(foldVersion, list, after, limit)),
    top: (foldVersion, board, limit) => through(store.top(foldVersion, board, limit)),
    usedShare: () => through(store.usedShare()),
    close: () => store.close(),
  }
}

/** A log whose records can be held back while the rest of its process goes on. */
export function heldLog(log: Log, reading: ProcessClock, process: ProcessClock): Log {
  async function* read(from: number, signal: AbortSignal): AsyncGenerator<LogBatch, void> {
    for await (const batch of log.read(from, signal)) {
      await new Promise<void>(resolve => reading.deliver(() => process.deliver(resolve)))
      if (signal.aborted) return
      yield batch
    }
  }
  return {
    append: records => log.append(records),
    bounds: () => log.bounds(),
    probe: () => log.probe(),
    close: () => log.close(),
    read,
  }
}
