import type { GameEvent, RawEvent } from "../../../src/domain/events.js"
import type { Commit } from "../../../src/log/commit.js"
import type { Judged } from "../../../src/log/judged.js"
import { judgedFrom, RecordedLog, recordsOf } from "./recordedLog.js"

export const TEST_LAG_MAX = 100

/** Commits that build on each other's links, so that each is effective unless it is made to lose. */
export class Chain {
  readonly #links = new Map<string, string>()
  #offset = 1
  readonly records: (Commit | Uint8Array)[] = []

  /** One command of `player` on these aggregates (the player's first). */
  add(
    aggregates: readonly string[],
    events: readonly (GameEvent | RawEvent)[],
    rest: Partial<Commit> = {},
  ): this {
    const id = `c${this.#offset}`
    const on = Object.fromEntries(aggregates.map(name => [name, this.#links.get(name) ?? null]))
    const player = aggregates[0]?.split("/")[1]
    const commands = [{ id: `${player}/k${this.#offset}`, digest: "d", events }]
    this.#push({ id, seen: this.#offset, at: 0, on, commands, ...rest })
    for (const aggregate of aggregates) this.#links.set(aggregate, id)
    return this
  }

  /** A commit on the links before the last commit: it loses, though it may take a slot of another aggregate. */
  addRival(on: Commit["on"], events: readonly (GameEvent | RawEvent)[] = []): this {
    const id = `c${this.#offset}`
    const commands = [{ id: `rival/k${this.#offset}`, digest: "d", events }]
    this.#push({ id, seen: this.#offset, at: 0, on, commands })
    return this
  }

  addGarbage(): this {
    this.#push(Buffer.from("garbage"))
    return this
  }

  /** All records, judged, the genesis first. Record n is appended at n ms, unless `at` says another time. */
  judged(at?: (offset: number) => number): Promise<Judged[]> {
    const options = at === undefined ? {} : { at }
    return judgedFrom(new RecordedLog(recordsOf(TEST_LAG_MAX, this.records), options), TEST_LAG_MAX, 0)
  }

  #push(record: Commit | Uint8Array): void {
    this.records.push(record)
    this.#offset += 1
  }
}
