import { startRealm } from "../../src/app/realm.js"
import type { RealmParts, RealmSettings } from "../../src/app/realmParts.js"
import type { Commands } from "../../src/commands/commands.js"
import type { CommandRequest } from "../../src/commands/request.js"
import type { Clock } from "../../src/lib/clock.js"
import { placedCommands } from "../../src/log/effect.js"
import { FakeClock, seeded } from "../fakes/clock.js"
import { FakeLogServer } from "../fakes/logServer.js"
import { FakeViewServer } from "../fakes/viewStore.js"
import { TEST_LAG_MAX } from "../log/support/judging.js"
import { judgedFrom, RecordedLog, recordsOf } from "../log/support/recordedLog.js"
import { KeptLogger } from "./keptLogger.js"

export const DEADLINE_MS = 5000

/** The settings of a process of realm 0, by default one that serves the API. */
export function realmSettings(rest: Partial<RealmSettings> = {}): RealmSettings {
  return {
    ...{ realm: 0, roles: new Set(["api"] as const), keyRetention: 3_600_000, keepsSqlViews: false },
    ...{ commandDeadlineMs: DEADLINE_MS, landWithinMs: 60_000, ...rest },
  }
}

/** A realm with a projector, over a log and a store without faults unless the test makes some. */
export class TestRealm {
  readonly clock = new FakeClock(0)
  readonly random = seeded(7)
  readonly log = new FakeLogServer({ clock: this.clock, random: seeded(1), faults: { appendMs: [1, 1] } })
  readonly views = new FakeViewServer({ clock: this.clock, random: seeded(2) })
  readonly logger = new KeptLogger()
  readonly #lagMax: number
  #ids = 0

  constructor({ lagMax = TEST_LAG_MAX } = {}) {
    this.#lagMax = lagMax
    this.log.store(recordsOf(lagMax, []))
    void this.start("projector", { roles: new Set(["projector"]) })
  }

  /** A process by its name, for `log.cut` and `views.cut`. */
  async process(name: string, settings: Partial<RealmSettings> = {}): Promise<TestProcess> {
    const parts = await this.clock.runFor(this.start(name, settings))
    const execute = (request: CommandRequest) => this.clock.runFor(parts.commands.execute(request))
    return { ...parts, execute }
  }

  start(name: string, settings: Partial<RealmSettings>, clock: Clock = this.clock) {
    const { random, logger } = this
    const ports = { log: this.log.connect(name), viewStore: this.views.connect(name), lake: null }
    return startRealm(
      { ...ports, ...{ clock, random, logger }, newId: () => this.#newId() },
      realmSettings(settings),
      new AbortController().signal,
    )
  }

  /** The ids of the commands that happened, in the log's order. */
  async happened(): Promise<string[]> {
    const { records } = this.log
    const bytes = records.map(record => record.bytes)
    const log = new RecordedLog(bytes, { at: offset => records[offset]?.at ?? 0 })
    const judged = await judgedFrom(log, this.#lagMax, 0)
    return judged.flatMap(placedCommands).map(({ id }) => id)
  }

  #newId(): string {
    this.#ids += 1
    return `id-${this.#ids}`
  }
}

export interface TestProcess extends RealmParts {
  /** Executes a command and lets time pass until it is answered. */
  execute(request: CommandRequest): ReturnType<Commands["execute"]>
}
