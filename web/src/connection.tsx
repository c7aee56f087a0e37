import { useSyncExternalStore } from "react"

/** Whether the socket of a subscription that runs is gone, and not back yet. */
class Connection {
  readonly #listeners = new Set<() => void>()
  #isLost = false

  get isLost(): boolean {
    return this.#isLost
  }

  set isLost(isLost: boolean) {
    this.#isLost = isLost
    for (const listener of this.#listeners) listener()
  }

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

export const connection = new Connection()

/** Says so while the connection is lost: the reader of an answer that no longer changes must know why. */
export function ConnectionNote() {
  const isLost = useSyncExternalStore(connection.listen, () => connection.isLost)
  return isLost ? <output className="connection-note">Connection lost, reconnecting…</output> : null
}
