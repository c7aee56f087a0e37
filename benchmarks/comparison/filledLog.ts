import { randomId } from "../../src/adapters/system/clock.js"
import { loadConfig } from "../../src/app/config.js"
import { openLog } from "../../src/app/engines.js"
import { guildAggregate, playerAggregate } from "../../src/domain/aggregates.js"
import { builtInCatalogue } from "../../src/domain/catalogue.js"
import { type GameEvent, makeEvent } from "../../src/domain/events.js"
import { encodeCommit } from "../../src/log/codec.js"
import { openGenesis } from "../../src/log/genesis.js"
import type { Log } from "../../src/ports/log.js"
import { SILENT } from "../../src/ports/logger.js"

export interface FilledLogSize {
  readonly players: number
  readonly guilds: number
  /** All of them: those of registering players and founding guilds too. */
  readonly events: number
}

/** What a filled log holds. */
export interface FilledLog {
  readonly logId: string
  /** Exclusive. */
  readonly head: number
  readonly purchases: number
  readonly revenue: number
}

const REGIONS = ["eu-west", "us-east", "asia"] as const
/** Records in one append. */
const APPEND = 1000
/** Gold for more purchases than any run makes. */
const GOLD = 2 ** 50
/** The share of commands that join or leave a guild; all others buy a sword. */
const MOVES = 0.1

/** The ids of the players of a filled log are this and a number from 0. */
export const PLAYER_PREFIX = "player-"

/**
 * Fills the empty log of these settings with the events of a busy game, one command a commit, as a server would have
 * written them. It appends to the log itself: through the write path a million commands would take minutes.
 */
export async function fillLog(
  settings: Readonly<Record<string, string>>,
  size: FilledLogSize,
): Promise<FilledLog> {
  const config = loadConfig(settings)
  const log = await openLog(config, { logger: SILENT })
  try {
    const { signal } = new AbortController()
    const { logId } = await openGenesis(log, { realm: config.realm, newId: randomId, signal })
    const game = new BusyGame(size, (await log.bounds()).head)
    await append(log, game.records())
    return { logId, head: game.head, purchases: game.purchases, revenue: game.revenue }
  } finally {
    await log.close()
  }
}

async function append(log: Log, records: Iterable<Uint8Array>): Promise<void> {
  let batch: Uint8Array[] = []
  for (const record of records) {
    if (batch.push(record) < APPEND) continue
    await log.append(batch)
    batch = []
  }
  if (batch.length > 0) await log.append(batch)
}

/** Players who buy swords, and now and then join a guild or leave theirs. */
class BusyGame {
  head: number
  purchases = 0
  revenue = 0
  readonly #size: FilledLogSize
  /** The last commit of each aggregate. */
  readonly #links = new Map<string, string>()
  readonly #guildOf = new Map<string, string>()

  constructor(size: FilledLogSize, head: number) {
    this.#size = size
    this.head = head
  }

  *records(): Generator<Uint8Array> {
    const { players, guilds, events } = this.#size
    for (let n = 0; n < players; n++) yield this.#registered(`${PLAYER_PREFIX}${n}`)
    for (let n = 0; n < guilds; n++) yield this.#founded(`${PLAYER_PREFIX}${n}`, `guild-${n}`)
    for (let made = players + guilds; made < events; made++) {
      // The founders stay, so that no guild dissolves.
      const n = pick(players)
      const player = `${PLAYER_PREFIX}${n}`
      yield n >= guilds && Math.random() < MOVES ? this.#moved(player) : this.#bought(player)
    }
  }

  #registered(player: string): Uint8Array {
    const data = { player, region: REGIONS[0], gold: GOLD, health: 100 }
    return this.#commit(player, null, makeEvent("PlayerRegistered", data, { name: player }))
  }

  #founded(player: string, guild: string): Uint8Array {
    this.#guildOf.set(player, guild)
    return this.#commit(
      player,
      guild,
      makeEvent("GuildFounded", { player, guild, name: guild, capacity: 500 }),
    )
  }

  #moved(player: string): Uint8Array {
    const left = this.#guildOf.get(player)
    const guild = left ?? `guild-${pick(this.#size.guilds)}`
    if (left === undefined) this.#guildOf.set(player, guild)
    else this.#guildOf.delete(player)
    return this.#commit(
      player,
      guild,
      makeEvent(left === undefined ? "GuildJoined" : "GuildLeft", { player, guild }),
    )
  }

  #bought(player: string): Uint8Array {
    const { type: swordType, price } = pickOf(builtInCatalogue.swords)
    this.purchases += 1
    this.revenue += price
    const guild = this.#guildOf.get(player) ?? null
    return this.#commit(
      player,
      null,
      makeEvent("SwordBought", { player, swordType, price, region: pickOf(REGIONS), guild }),
    )
  }

  #commit(player: string, guild: string | null, event: GameEvent): Uint8Array {
    const id = randomId()
    const aggregates = [playerAggregate(player), ...(guild === null ? [] : [guildAggregate(guild)])]
    const on = Object.fromEntries(aggregates.map(name => [name, this.#links.get(name) ?? null]))
    for (const name of aggregates) this.#links.set(name, id)
    const commands = [{ id: `${player}/${randomId()}`, digest: randomId(), events: [event] }]
    return encodeCommit({ id, seen: this.head++, at: Date.now(), on, commands })
  }
}

function pick(count: number): number {
  return Math.floor(Math.random() * count)
}

function pickOf<T>(values: readonly T[]): T {
  const value = values[pick(values.length)]
  if (value === undefined) throw new RangeError("expected at least one value to pick from, got none")
  return value
}
