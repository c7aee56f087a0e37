import { useSyncExternalStore } from "react"

/** Whether the socket of a running subscription is lost and not restored yet. */
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

/** Shown while the connection is lost, so that people know why the answer no longer changes. */
export function ConnectionNote() {
  const isLost = useSyncExternalStore(connection.listen, () => connection.isLost)
  return isLost ? <output className="connection-note">Connection lost, reconnecting…</output> : null
}
