import { type Aggregate, parseAggregate } from "../../../src/domain/aggregates.js"
import { type CommandName, commandType } from "../../../src/domain/commands.js"
import type { RawEvent } from "../../../src/domain/events.js"
import type { GuildState } from "../../../src/domain/guild.js"
import type { PlayerState } from "../../../src/domain/player.js"
import { encodeCommit, encodeGenesis } from "../../../src/log/codec.js"
import type { Genesis } from "../../../src/log/commit.js"
import { effectOf } from "../../../src/log/effect.js"
import type { Judged } from "../../../src/log/judged.js"
import { type Document, foldDocument, NO_DOCUMENT } from "../../../src/projections/document.js"
import { RecordedLog } from "../../log/support/recordedLog.js"

export const genesis: Genesis = { logId: "log-of-the-test", realm: 0, lagMax: 4, format: 1 }

/** How far the log's clock moves from record to record, in milliseconds. */
export const STEP_MS = 10

/** An honest writer of a log in memory, which can also be made to write what an honest one never does. */
export class World {
  readonly log = new RecordedLog([], { batches: [3], waits: true })
  readonly #documents = new Map<string, Document>()
  #made = 0

  constructor(ofLog: Genesis = genesis) {
    this.raw(encodeGenesis(ofLog))
  }

  get head(): number {
    return this.log.records.length
  }

  document(aggregate: string): Document {
    return this.#documents.get(aggregate) ?? NO_DOCUMENT
  }

  /** Decides a command and appends its events; a refusal is a mistake of the test. */
  does(name: CommandName, input: Readonly<Record<string, unknown>>, key = `key-${this.#made}`): this {
    const type = commandType(name)
    const aggregates = type.aggregates(input)
    const decision = type.decide(input, {
      player: id => this.document(`player/${id}`).state as PlayerState | null,
      guild: id => this.document(`guild/${id}`).state as GuildState | null,
    })
    if ("refusal" in decision) throw new Error(`${name}: ${decision.refusal.message}`)
    const player = parseAggregate(aggregates[0] ?? "")?.id
    return this.commits(aggregates, `${player}/${key}`, decision.events)
  }

  /** Appends a commit that builds on the true links by default; nothing checks whether its events make sense. */
  commits(
    aggregates: readonly string[],
    id: string,
    events: readonly RawEvent[],
    links: Readonly<Record<string, string | null>> = {},
  ): this {
    const offset = this.head
    const on = Object.fromEntries(
      aggregates.map(name => [
        name,
        Object.hasOwn(links, name) ? (links[name] ?? null) : this.document(name).link,
      ]),
    )
    const commit = {
      id: `commit-${offset}`,
      seen: offset,
      at: 0,
      on,
      commands: [{ id, digest: "digest", events }],
    }
    this.raw(encodeCommit(commit))
    const judged = { offset, commit, linked: aggregates as readonly Aggregate[], effect: effectOf(commit) }
    for (const name of aggregates) {
      this.#documents.set(
        name,
        foldDocument(name as Aggregate, this.document(name), judged as unknown as Judged),
      )
    }
    this.#made += 1
    return this
  }

  raw(bytes: Uint8Array): this {
    this.log.records.push({ offset: this.head, at: 1_000_000 + this.head * STEP_MS, bytes })
    return this
  }
}

/** Three players, a guild of two, five purchases. */
export function smallWorld(): World {
  const world = new World()
  for (const playerId of ["alice", "bob", "carol"]) {
    world.does("registerPlayer", { playerId, name: playerId, region: "eu" })
  }
  world.does("grantGold", { playerId: "alice", amount: 500, reason: "a quest" })
  world.does("foundGuild", { founderId: "alice", name: "Knights", capacity: 2 })
  world.does("joinGuild", { playerId: "bob", guildId: "knights" })
  for (const swordType of ["dagger", "gladius", "katana"])
    world.does("buySword", { playerId: "alice", swordType })
  for (const swordType of ["dagger", "dagger"]) world.does("buySword", { playerId: "bob", swordType })
  return world
}
