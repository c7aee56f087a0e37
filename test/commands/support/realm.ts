import { Commands } from "../../../src/commands/commands.js"
import type { CommandRequest } from "../../../src/commands/request.js"
import { builtInCatalogue } from "../../../src/domain/catalogue.js"
import { placedCommands } from "../../../src/log/effect.js"
import { Projector } from "../../../src/projections/projector.js"
import { StateReader } from "../../../src/projections/stateReader.js"
import { Tail } from "../../../src/tail/tail.js"
import { FakeClock, seeded } from "../../fakes/clock.js"
import { FakeLogServer } from "../../fakes/logServer.js"
import { FakeViewServer } from "../../fakes/viewStore.js"
import { TEST_LAG_MAX } from "../../log/support/judging.js"
import { genesisOf, judgedFrom, RecordedLog, recordsOf } from "../../log/support/recordedLog.js"
import { KeptLogger } from "../../support/keptLogger.js"

export const DEADLINE_MS = 5000

/** A realm with a projector, over a log and a store without faults unless the test makes some. */
export class TestRealm {
  readonly clock = new FakeClock(0)
  readonly random = seeded(7)
  readonly log = new FakeLogServer({ clock: this.clock, random: seeded(1), faults: { appendMs: [1, 1] } })
  readonly views = new FakeViewServer({ clock: this.clock, random: seeded(2) })
  readonly genesis = genesisOf(TEST_LAG_MAX)
  #ids = 0

  constructor() {
    this.log.store(recordsOf(TEST_LAG_MAX, []))
    const place = { log: this.log.connect("projector"), store: this.views.connect("projector") }
    const { genesis, clock } = this
    const logger = new KeptLogger()
    new Projector({ ...place, genesis, clock, logger, keyRetention: 3_600_000 }).start()
  }

  /** A process by its name, for `log.cut` and `views.cut`. */
  process(name: string, { warmMax = 1000, from = 0 } = {}): TestProcess {
    const log = this.log.connect(name)
    const tail = new Tail({ log, genesis: this.genesis, from })
    const stateReader = new StateReader(this.views.connect(name), tail, this.clock)
    tail.start()
    const commands = new Commands({
      log,
      tail,
      stateReader,
      catalogue: builtInCatalogue,
      clock: this.clock,
      random: this.random,
      newId: () => this.#newId(),
      deadlineMs: DEADLINE_MS,
      keyRetention: 3_600_000,
      warmMax,
    })
    const execute = (request: CommandRequest) => this.clock.runFor(commands.execute(request))
    return { commands, tail, execute }
  }

  /** The ids of the commands that happened, in the log's order. */
  async happened(): Promise<string[]> {
    const { records } = this.log
    const bytes = records.map(record => record.bytes)
    const log = new RecordedLog(bytes, { at: offset => records[offset]?.at ?? 0 })
    const judged = await judgedFrom(log, TEST_LAG_MAX, 0)
    return judged.flatMap(placedCommands).map(({ id }) => id)
  }

  #newId(): string {
    this.#ids += 1
    return `id-${this.#ids}`
  }
}

export interface TestProcess {
  readonly commands: Commands
  readonly tail: Tail
  /** Executes a command and lets time pass until it is answered. */
  execute(request: CommandRequest): ReturnType<Commands["execute"]>
}
