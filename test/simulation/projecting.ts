import { sleep } from "../../src/lib/sleep.js"
import { openGenesis } from "../../src/log/genesis.js"
import { Projector } from "../../src/projections/projector.js"
import { ProcessClock } from "../fakes/clock.js"
import { gatedViewStore } from "./gated.js"
import type { Shared } from "./shared.js"

const START_RETRY_MS = 100

/** One life of a process with a projector. */
export class Projecting {
  readonly clock: ProcessClock
  readonly #shared: Shared
  readonly #abort = new AbortController()
  #projector: Projector | null = null
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
    await this.#projector?.stop()
  }

  get fault(): string | null {
    return this.#projector?.fault?.message ?? null
  }

  async #begin(host: string): Promise<void> {
    const { settings, log: server, views, logger } = this.#shared
    const log = server.connect(host, this.clock)
    this.#disconnect = () => server.disconnect(log)
    const store = gatedViewStore(views.connect(host), this.clock)
    const options = { realm: 0, lagMax: settings.lagMax, newId: () => host, signal: this.#abort.signal }
    const open = async () => {
      for (;;) {
        try {
          return await openGenesis(log, options)
        } catch {
          await sleep(this.clock, START_RETRY_MS)
        }
      }
    }
    const genesis = await open()
    const { keyRetention } = settings
    this.#projector = new Projector({ log, genesis, store, clock: this.clock, logger, keyRetention })
    this.#projector.start()
  }
}
