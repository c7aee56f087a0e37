import { sleep } from "../../../src/lib/sleep.js"
import type { Genesis } from "../../../src/log/commit.js"
import type { ConsumerState } from "../../../src/log/consumerState.js"
import type { LogRecord } from "../../../src/ports/log.js"
import { FakeClock, seeded } from "../../fakes/clock.js"
import { FakeLakeServer } from "../../fakes/lake.js"
import type { FakeFolders } from "../../fakes/lakeFolders.js"
import { FakeLogServer } from "../../fakes/logServer.js"
import { versionsOf } from "../../lander/support/deltaLog.js"
import { genesisOf, recordsOf } from "../../log/support/recordedLog.js"
import { Foreign } from "./foreign.js"
import type { Append, NemesisOp, Plan, Stumble } from "./plan.js"
import { Life } from "./process.js"
import { Writing } from "./writing.js"

/** The last retry but one, a standby's last looks, and slow services. */
const HEALS_SLACK_MS = 90_000
const STOPS_WITHIN_MS = 30_000

/** How often something is appended while somebody sleeps. */
const SLEEP_STEP_MS = 300_000

/** What a run leaves behind. */
export interface Account {
  readonly genesis: Genesis
  readonly records: readonly LogRecord[]
  readonly folders: FakeFolders
  /** Every change of a file of the table's log, by its path. */
  readonly changes: readonly string[]
  /** Lives that stood by although they themselves were the last to land. */
  readonly idle: readonly string[]
  readonly unhealed: readonly string[]
  /** How often each thing happened. */
  readonly tally: ReadonlyMap<string, number>
}

/**
 * Runs a plan: appends, stumbles and faults for a while, then healing, then some more appends in the calm, then the end.
 * Returns what it leaves behind, the same for the same plan.
 */
export async function simulate(plan: Plan): Promise<Account> {
  return new World(plan).run()
}

class World {
  readonly #plan: Plan
  readonly #clock: FakeClock
  readonly #log: FakeLogServer
  readonly #lake: FakeLakeServer
  readonly #genesis: Genesis
  readonly #writing: Writing
  readonly #foreign: Foreign
  readonly #random: () => number
  readonly #lives: Life[] = []
  readonly #changes: string[] = []
  readonly #idle: string[] = []
  readonly #unhealed: string[] = []
  readonly #tally = new Map<string, number>()
  #stumbles: readonly Stumble[]
  #steps = 0
  #born = 0
  /** Nothing goes wrong any more. */
  #isCalm = false
  /** Undone by healing, unless undone before. */
  readonly #undo = new Set<() => void>()

  constructor(plan: Plan) {
    const { seed, lagMax, lakeFaults, logFaults, startMs } = plan
    this.#plan = plan
    this.#clock = new FakeClock(Date.UTC(2024, 0, 2) - startMs)
    const clock = this.#clock
    this.#log = new FakeLogServer({ clock, random: seeded(seed ^ 1) })
    this.#log.store(recordsOf(lagMax, []))
    this.#log.faults = { ...this.#log.faults, ...logFaults }
    const onChange = (path: string) => this.#changes.push(path)
    this.#lake = new FakeLakeServer({ clock, random: seeded(seed ^ 2), faults: lakeFaults, onChange })
    this.#random = seeded(seed ^ 3)
    this.#genesis = genesisOf(lagMax)
    this.#writing = new Writing(this.#log, lagMax, seeded(seed ^ 4))
    this.#foreign = new Foreign(this.#lake.folders, onChange)
    this.#stumbles = plan.stumbles
  }

  async run(): Promise<Account> {
    const { landers, appends, nemesis } = this.#plan
    for (let host = 0; host < landers; host++) this.#bear(host)
    for (const one of nemesis) this.#clock.after(one.at, () => this.#do(one))
    for (const one of appends) await this.#append(one)
    // A lander that sleeps for long wakes in a world that has moved on.
    while (this.#undo.size > 0) await this.#append({ kind: "effective", afterMs: SLEEP_STEP_MS, events: 1 })
    this.#heal()
    await this.#landed("after the faults")
    for (let i = 0; i < 3; i++) await this.#append({ kind: "effective", afterMs: 100, events: 2 })
    await this.#landed("in the calm")
    await this.#stop()
    return {
      ...{ genesis: this.#genesis, records: this.#log.records, folders: this.#lake.folders },
      ...{ changes: this.#changes, idle: this.#idle, unhealed: this.#unhealed, tally: this.#tally },
    }
  }

  async #append(one: Append): Promise<void> {
    await this.#clock.run(one.afterMs)
    this.#writing.append(one)
  }

  #bear(host: number): void {
    this.#born += 1
    this.#lives[host] = new Life({
      ...{ clock: this.#clock, log: this.#log, lake: this.#lake, genesis: this.#genesis },
      landWithinMs: this.#plan.landWithinMs,
      host: `lander-${host}`,
      name: `life-${this.#born}`,
      isNewer: this.#random() < this.#plan.newer,
      onStep: life => this.#step(life, host),
      onState: (life, state) => this.#moved(life, state),
      onLostVersion: () => this.#count("lost a version"),
    })
    this.#count("born")
  }

  #step(life: Life, host: number): void {
    const [next, ...others] = this.#stumbles
    if (next === undefined || life.isDead) return
    this.#steps += 1
    if (this.#steps < next.afterSteps) return
    this.#steps = 0
    this.#stumbles = others
    this.#stumble(next, life, host)
  }

  #stumble({ kind, forMs }: Stumble, life: Life, host: number): void {
    this.#count(kind)
    if (kind === "append") this.#foreign.append()
    if (kind === "optimize") this.#foreign.optimize(Math.floor(this.#random() * 100))
    if (kind === "pause") {
      life.clock.pause()
      this.#later(forMs, () => life.clock.resume())
    }
    if (kind === "kill") {
      life.kill()
      this.#later(forMs, () => this.#bear(host))
    }
  }

  #do({ kind, who, forMs }: NemesisOp): void {
    if (this.#isCalm) return
    const name = `lander-${who % this.#plan.landers}`
    const [log, lake] = [this.#log, this.#lake]
    this.#count(kind)
    const ways = {
      "cut lake": [() => lake.cut(name), () => lake.heal(name)],
      "pause lake": [() => lake.pause(), () => lake.resume()],
      "fill lake": [() => this.#fill(true), () => this.#fill(false)],
      "log down": [() => log.goDown(), () => log.comeBack()],
      "cut log": [() => log.cut(name), () => log.heal(name)],
    } as const
    const [begin, end] = ways[kind]
    begin()
    this.#later(forMs, end)
  }

  #fill(isFull: boolean): void {
    this.#lake.isFull = isFull
  }

  #later(forMs: number, undo: () => void): void {
    const once = () => {
      if (this.#undo.delete(once)) undo()
    }
    this.#undo.add(once)
    this.#clock.after(forMs, once)
  }

  /** From now on nothing goes wrong any more; what is in flight still arrives. */
  #heal(): void {
    this.#isCalm = true
    this.#stumbles = []
    this.#lake.faults = { ...this.#lake.faults, lost: 0, replyLost: 0, late: 0, refused: 0 }
    this.#log.faults = { ...this.#log.faults, lost: 0 }
    for (const undo of [...this.#undo]) undo()
  }

  /** Standbys wait for twice the bound; a batch waits within it. */
  async #landed(when: string): Promise<void> {
    const limitMs = 4 * this.#plan.landWithinMs + HEALS_SLACK_MS
    const { length } = this.#log.records
    try {
      await this.#clock.runUntil(() => this.#version() === length, limitMs)
    } catch {
      const states = this.#lives.map(({ lander }) => `${lander.state} ${lander.problem ?? ""}`)
      this.#unhealed.push(`${when}: landed ${this.#version()} of ${length}, ${states.join("; ")}`)
    }
  }

  #version(): number {
    return Math.max(0, ...this.#lives.map(({ lander }) => lander.landed))
  }

  #moved(life: Life, state: ConsumerState): void {
    this.#count(state)
    if (state === "standby") this.#stoodBy(life)
  }

  /** By somebody else's landing, or for nothing. */
  #stoodBy({ name }: Life): void {
    const last = versionsOf(this.#lake.folders).findLast(({ actions }) => actions.some(({ txn }) => txn))
    const uuid = last?.actions.find(({ commitInfo }) => commitInfo)?.commitInfo?.uuid
    if (uuid?.startsWith(`${name}.`)) this.#idle.push(`${name} at version ${last?.version}`)
  }

  async #stop(): Promise<void> {
    for (const { name, lander } of this.#lives) {
      if (lander.fault !== null) this.#unhealed.push(`${name}: ${lander.fault.message}`)
    }
    const stopped = Promise.all(this.#lives.map(({ lander }) => lander.stop())).then(() => "in time")
    const late = sleep(this.#clock, STOPS_WITHIN_MS).then(() => "late")
    const first = await this.#clock.runFor(Promise.race([stopped, late]))
    if (first === "late") this.#unhealed.push("landers do not stop")
  }

  #count(what: string): void {
    this.#tally.set(what, (this.#tally.get(what) ?? 0) + 1)
  }
}
