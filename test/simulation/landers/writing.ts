import type { GameEvent } from "../../../src/domain/events.js"
import { encodeCommit } from "../../../src/log/codec.js"
import type { Commit } from "../../../src/log/commit.js"
import type { FakeLogServer } from "../../fakes/logServer.js"
import { bought, granted, joined, registered } from "../../support/events.js"
import type { Append } from "./plan.js"

const PLAYERS = ["alice", "bob", "carol"]

/** Appends commits of every verdict. Their outcome is for the judge, and the checker, to find. */
export class Writing {
  readonly #log: FakeLogServer
  readonly #lagMax: number
  readonly #random: () => number
  readonly #links = new Map<string, string>()
  #commits = 0

  constructor(log: FakeLogServer, lagMax: number, random: () => number) {
    this.#log = log
    this.#lagMax = lagMax
    this.#random = random
  }

  append({ kind, events }: Append): void {
    if (kind === "garbage") this.#log.store([Buffer.from("garbage")])
    else this.#log.store([encodeCommit(this.#commit(kind, events))])
  }

  #commit(kind: Exclude<Append["kind"], "garbage">, count: number): Commit {
    this.#commits += 1
    const id = `c${this.#commits}`
    const player = this.#pick(PLAYERS)
    const aggregate = `player/${player}`
    const head = this.#log.records.length
    const seen = { effective: head, superseded: head, premature: head + 9, expired: head - this.#lagMax - 9 }
    const on = {
      [aggregate]: this.#links.get(aggregate) ?? null,
      "guild/knights": this.#links.get("guild/knights") ?? null,
    }
    if (kind === "effective") for (const name of Object.keys(on)) this.#links.set(name, id)
    // On a link that is already taken: the one that everybody began with.
    if (kind === "superseded") on[aggregate] = null
    const all = Array.from({ length: count }, () => this.#event(player))
    const half = Math.ceil(count / 2)
    const commands = [all.slice(0, half), all.slice(half)]
      .filter(({ length }) => length > 0)
      .map((part, i) => ({ id: `${player}/${id}-${i}`, digest: "d", events: part }))
    return { id, seen: Math.max(0, seen[kind]), at: this.#log.clock.now(), on, commands }
  }

  #event(player: string): GameEvent {
    const events = [
      registered(player),
      granted(player, 5),
      bought(player, "katana", 150),
      bought(player, "dagger", 25, "knights"),
      joined(player, "knights"),
    ]
    return this.#pick(events)
  }

  #pick<T>(list: readonly [T, ...T[]] | readonly T[]): T {
    const one = list[Math.floor(this.#random() * list.length)]
    if (one === undefined) throw new Error("nothing to pick from")
    return one
  }
}
