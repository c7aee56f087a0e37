import type { CommandName } from "../../src/domain/commands.js"
import type { Answer, History } from "./history.js"
import type { Settings } from "./plan.js"
import { System, type SystemOptions } from "./system.js"

/** Everything works, and answers come within milliseconds. */
const CALM: Settings = {
  seed: 1,
  apis: 1,
  projectors: 1,
  lagMax: 50,
  bufferRecords: 200,
  keyRetention: 3_600_000,
  deadlineMs: 1000,
  warmMax: 100,
  logFaults: { appendMs: [2, 2], readMs: [1, 1], boundsMs: [1, 1] },
  viewFaults: { latencyMs: [1, 1] },
}

const START_MS = 200

/** A system in which a test does one thing after another. */
export class Scenario {
  readonly system: System
  #keys = 0

  private constructor(system: System) {
    this.system = system
  }

  static async begin(settings: Partial<Settings> = {}, options: SystemOptions = {}): Promise<Scenario> {
    const scenario = new Scenario(new System({ ...CALM, ...settings }, options))
    await scenario.system.start()
    await scenario.pass(START_MS)
    return scenario
  }

  pass(ms: number): Promise<void> {
    return this.system.shared.clock.run(ms)
  }

  /** Lets time pass until the answer has come. */
  answered<T>(answer: Promise<T>): Promise<T> {
    return this.system.shared.clock.runFor(answer)
  }

  register(playerId: string, api = 0): Promise<Answer | null> {
    return this.#ask("registerPlayer", { playerId, name: "Somebody", region: "north" }, api)
  }

  grant(playerId: string, api = 0, key = this.#newKey()): Promise<Answer | null> {
    return this.#ask("grantGold", { playerId, amount: 5, reason: "quest" }, api, key)
  }

  buy(playerId: string, swordType: string, api = 0): Promise<Answer | null> {
    return this.#ask("buySword", { playerId, swordType, region: null }, api)
  }

  /** Others write a number of records, one after another, with a pause before each. */
  async write(records: number, playerId: string, api: number, pauseMs: number): Promise<void> {
    for (let i = 0; i < records; i++) {
      await this.pass(pauseMs)
      await this.answered(this.grant(playerId, api))
    }
  }

  /** Waits until everything works again, and returns the history. */
  async end(): Promise<History> {
    this.system.heal()
    await this.system.healed()
    return this.system.end()
  }

  #ask(name: CommandName, input: Readonly<Record<string, unknown>>, api: number, key = this.#newKey()) {
    return this.system.api(api).execute({ name, input, idempotencyKey: key }, () => true)
  }

  #newKey(): string {
    this.#keys += 1
    return `k${this.#keys}`
  }
}

/** The outcome in a word: done, refused, or the code of the fault. */
export function word(answer: Answer | null): string {
  if (answer === null) return "nothing"
  return answer.kind === "fault" ? answer.code : answer.kind
}
