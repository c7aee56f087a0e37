import { type Aggregate, parseAggregate } from "../../../src/domain/aggregates.js"
import { builtInCatalogue } from "../../../src/domain/catalogue.js"
import { type CommandName, commandType } from "../../../src/domain/commands.js"
import type { RawEvent } from "../../../src/domain/events.js"
import type { GuildState } from "../../../src/domain/guild.js"
import type { PlayerState } from "../../../src/domain/player.js"
import { decode, encodeCommit, encodeGenesis } from "../../../src/log/codec.js"
import type { Commit, Genesis } from "../../../src/log/commit.js"
import { effectOf } from "../../../src/log/effect.js"
import { Judge } from "../../../src/log/judge.js"
import type { Judged } from "../../../src/log/judged.js"
import { type Document, foldDocument, NO_DOCUMENT } from "../../../src/projections/document.js"
import { RecordedLog } from "../../log/support/recordedLog.js"
import { goods } from "../../support/events.js"

export const genesis: Genesis = { logId: "log-of-the-test", realm: 0, lagMax: 4, format: 1 }

/** How far the log's clock moves from record to record, in milliseconds. */
export const STEP_MS = 10

/** An honest writer of a log in memory, which can also be made to write what an honest one never does. */
export class World {
  readonly log = new RecordedLog([], { batches: [3], waits: true })
  readonly #documents = new Map<string, Document>()
  readonly #judge: Judge
  #made = 0

  constructor(ofLog: Genesis = genesis) {
    this.#judge = new Judge(ofLog.lagMax)
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
    const decision = type.decide(
      input,
      {
        player: id => this.document(`player/${id}`).state as PlayerState | null,
        guild: id => this.document(`guild/${id}`).state as GuildState | null,
      },
      builtInCatalogue,
    )
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
    this.#made += 1
    return this
  }

  raw(bytes: Uint8Array): this {
    const offset = this.head
    this.log.records.push({ offset, at: 1_000_000 + offset * STEP_MS, bytes })
    const decoded = decode(bytes)
    if (decoded.kind === "commit") this.#fold(offset, decoded.commit)
    return this
  }

  #fold(offset: number, commit: Commit): void {
    const { verdict, linked } = this.#judge.judge(offset, commit)
    const effect = verdict === "effective" ? effectOf(commit) : null
    const judged = { offset, commit, linked: linked as readonly Aggregate[], effect }
    for (const name of Object.keys(commit.on)) {
      this.#documents.set(
        name,
        foldDocument(name as Aggregate, this.document(name), judged as unknown as Judged),
      )
    }
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

/** The small world, in which the players then sell, fight, rest, give and trade. */
export function marketWorld(): World {
  const world = smallWorld()
  world.does("sellSword", { playerId: "bob", swordType: "dagger" })
  world.does("fightMonster", { playerId: "alice", monster: "wolf" })
  world.does("rest", { playerId: "alice" })
  world.does("gift", { fromPlayerId: "alice", toPlayerId: "carol", gold: 100, swordType: null })
  world.does("gift", { fromPlayerId: "alice", toPlayerId: "carol", gold: null, swordType: "dagger" })
  const trade = {
    playerId: "alice",
    toPlayerId: "bob",
    gives: goods(10, { katana: 1 }),
    wants: goods(0, { dagger: 1 }),
  }
  const other = { ...trade, gives: goods(1), wants: goods(5) }
  const lastId = () => `${world.head - 1}-0`
  world.does("offerTrade", trade)
  world.does("acceptTrade", { playerId: "bob", fromPlayerId: "alice", tradeId: lastId() })
  world.does("offerTrade", other)
  world.does("withdrawTrade", { playerId: "alice", otherPlayerId: "bob", tradeId: lastId() })
  world.does("offerTrade", other)
  return world
}
