import { asFault } from "../ports/faults.js"
import type { AggregateQueue } from "./aggregateQueue.js"
import type { CommandParts } from "./parts.js"
import type { KeyAnswer, PendingCommand } from "./pendingCommand.js"

type LoaderParts = Pick<CommandParts, "tail" | "stateReader" | "queues" | "rules">

/** Reads what a command needs to be decided: its key, and its aggregates where they are cold. */
export class CommandLoader {
  readonly #options: LoaderParts

  constructor(options: LoaderParts) {
    this.#options = options
  }

  /** Loads a command that has arrived. Null if nothing had to be read; else resolves once it is loaded or failed. */
  load(pending: PendingCommand): Promise<void> | null {
    const { rules, tail, queues } = this.#options
    const cold = queues.of(pending).filter(({ document }) => document === null)
    if (cold.length > 0 || rules.needsLookup(pending.command)) return this.#read(pending, cold)
    pending.loaded({ checkpoint: tail.position, known: null })
    return null
  }

  /** Looks up its key again. Resolves once it is loaded or has failed. */
  lookUp(pending: PendingCommand): Promise<void> {
    pending.reload()
    return this.#read(pending, [])
  }

  /**
   * Key and aggregates come in one atomic answer (R19). Meanwhile the command may have been answered: at its
   * deadline, or by the verdict of an older commit.
   */
  async #read(pending: PendingCommand, cold: readonly AggregateQueue[]): Promise<void> {
    const { command, deadline } = pending
    const aggregates = cold.map(({ aggregate }) => aggregate)
    let key: KeyAnswer
    try {
      const view = await this.#options.stateReader.read({ aggregates, keys: [command.id] }, deadline)
      for (const queue of cold) queue.warm(view.document(queue.aggregate))
      key = { checkpoint: view.checkpoint.offset, known: view.key(command.id) }
    } catch (error) {
      if (!pending.done) pending.fail(asFault(error, "VIEWS_UNAVAILABLE", "reading the views failed: "))
      return
    }
    if (!pending.done) pending.loaded(key)
  }
}
