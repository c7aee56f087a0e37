import type { CommandName } from "../../../src/domain/commands.js"
import { decode, encodeCommit } from "../../../src/log/codec.js"
import type { Commit, Genesis } from "../../../src/log/commit.js"
import { World } from "../../audit/support/world.js"
import { seeded } from "../../fakes/clock.js"
import { bought } from "../../support/events.js"

/** With what the ids of commits begin that must not happen. */
export const VOID = "void"

const PLAYERS = ["alice", "bob", "carol", "dave"]

/** A world whose log also holds what stale, paused, doubling and lying writers append, about every other record. */
export class ContestedWorld {
  readonly world: World
  readonly #lagMax: number
  readonly #random: () => number

  constructor(genesis: Genesis, { records, seed }: { readonly records: number; readonly seed: number }) {
    this.world = new World(genesis)
    this.#lagMax = genesis.lagMax
    this.#random = seeded(seed)
    for (const playerId of PLAYERS) {
      this.world.does("registerPlayer", { playerId, name: `${playerId} 🗡️`, region: "eu-west" })
      this.world.does("grantGold", { playerId, amount: 1_000_000, reason: '"剣" it\'s; \\ 🗡️' })
    }
    this.world.does("foundGuild", { founderId: "alice", name: "Knights", capacity: 3 })
    while (this.world.head < records) this.#appends()
  }

  #appends(): void {
    const kind = this.#random()
    if (kind < 0.5) this.#honest()
    else if (kind < 0.62) this.#doubles()
    else if (kind < 0.76) this.#rivals()
    else if (kind < 0.86) this.#commits(this.world.head + 1 + this.#below(3))
    else if (kind < 0.96) this.#commits(Math.max(0, this.world.head - this.#lagMax - 1 - this.#below(3)))
    else this.world.raw(Buffer.from("garbage"))
  }

  /** A command that the rules refuse is left out. */
  #honest(): void {
    const [player, other] = this.#twoPlayers()
    const choices: readonly (readonly [CommandName, Readonly<Record<string, unknown>>])[] = [
      ["buySword", { playerId: player, swordType: "katana" }],
      ["buySword", { playerId: player, swordType: "dagger" }],
      ["sellSword", { playerId: player, swordType: "dagger" }],
      ["gift", { fromPlayerId: player, toPlayerId: other, gold: 7, swordType: null }],
      ["gift", { fromPlayerId: player, toPlayerId: other, gold: null, swordType: "katana" }],
      ["joinGuild", { playerId: player, guildId: "knights" }],
      ["leaveGuild", { playerId: player }],
      ["fightMonster", { playerId: player, monster: "wolf" }],
      ["rest", { playerId: player }],
      ["offerTrade", { playerId: player, toPlayerId: other, ...trade }],
    ]
    const [name, input] = choices[this.#below(choices.length)] ?? ["rest", { playerId: player }]
    try {
      this.world.does(name, input)
    } catch {
      // Refused.
    }
  }

  /** One of the last commits again, as a retry does. */
  #doubles(): void {
    const again = this.#one(this.#lastClaims())
    if (again !== undefined) this.world.raw(encodeCommit(again))
  }

  /** A commit on slots that one of the last commits claimed; it takes another player's slot all the same. */
  #rivals(): void {
    const rival = this.#one(this.#lastClaims())
    if (rival === undefined) return
    const [player] = this.#twoPlayers()
    const own = `player/${player}`
    this.#append(this.world.head, { [own]: this.world.document(own).link, ...rival.on })
  }

  /** The commits of the last `lagMax` records that claimed their slots: a premature one, repeated, would happen. */
  #lastClaims(): Commit[] {
    return this.world.log.records.slice(-this.#lagMax).flatMap(({ offset, bytes }) => {
      const decoded = decode(bytes)
      return decoded.kind === "commit" && this.#inTime(decoded.commit.seen, offset) ? [decoded.commit] : []
    })
  }

  /** On a link as it is, but with a `seen` that makes it void. */
  #commits(seen: number): void {
    const [player] = this.#twoPlayers()
    const own = `player/${player}`
    if (!this.#inTime(seen, this.world.head)) this.#append(seen, { [own]: this.world.document(own).link })
  }

  #inTime(seen: number, offset: number): boolean {
    return seen <= offset && offset - seen <= this.#lagMax
  }

  /** It is void, so its purchase must never land. */
  #append(seen: number, on: Commit["on"]): void {
    const [player] = this.#twoPlayers()
    const offset = this.world.head
    const commands = [
      { id: `${player}/${VOID}-${offset}`, digest: "d", events: [bought(player, "excalibur", 1)] },
    ]
    this.world.raw(encodeCommit({ id: `${VOID}-${offset}`, seen, at: 0, on, commands }))
  }

  #twoPlayers(): readonly [string, string] {
    const first = this.#below(PLAYERS.length)
    const second = (first + 1 + this.#below(PLAYERS.length - 1)) % PLAYERS.length
    return [PLAYERS[first] ?? "", PLAYERS[second] ?? ""]
  }

  #one<T>(of: readonly T[]): T | undefined {
    return of[this.#below(of.length)]
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count)
  }
}

const trade = {
  gives: { gold: 5, swords: [{ swordType: "katana", count: 1 }] },
  wants: { gold: 0, swords: [{ swordType: "dagger", count: 1 }] },
}
