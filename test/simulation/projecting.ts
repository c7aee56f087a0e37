import { type Realm, startRealm } from "../../src/app/realm.js"
import { ProcessClock } from "../fakes/clock.js"
import { gatedViewStore } from "./gated.js"
import { settingsOf } from "./realmSettings.js"
import type { Shared } from "./shared.js"

/** One life of a process with a projector. */
export class Projecting {
  readonly clock: ProcessClock
  readonly #shared: Shared
  readonly #abort = new AbortController()
  #realm: Realm | null = null
  #disconnect = () => {}

  constructor(shared: Shared, host: string) {
    this.#shared = shared
    this.clock = new ProcessClock(shared.clock)
    void this.#begin(host)
  }

  kill(): void {
    this.clock.kill()
    this.#disconnect()
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#realm?.close()
  }

  get fault(): string | null {
    return (this.#realm?.projector?.fault ?? this.#realm?.tail.fault)?.message ?? null
  }

  async #begin(host: string): Promise<void> {
    const { settings, log: server, views, logger, random, unhealed } = this.#shared
    const { clock } = this
    const log = server.connect(host, clock)
    this.#disconnect = () => server.disconnect(log)
    const viewStore = gatedViewStore(views.connect(host), clock)
    const { signal } = this.#abort
    try {
      this.#realm = await startRealm(
        { ...{ log, viewStore, lake: null, clock, logger }, random: random(host), newId: () => host },
        settingsOf(settings, "projector"),
        signal,
      )
    } catch (error) {
      if (!signal.aborted) unhealed.push(`${host} does not start: ${error}`)
    }
  }
}
