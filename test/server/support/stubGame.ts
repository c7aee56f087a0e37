import { systemClock } from "../../../src/adapters/system/clock.js"
import type { CommandResult } from "../../../src/commands/pendingCommand.js"
import type { CommandRequest } from "../../../src/commands/request.js"
import { type Aggregate, guildAggregate, playerAggregate, slug } from "../../../src/domain/aggregates.js"
import { makeEvent } from "../../../src/domain/events.js"
import type { State } from "../../../src/domain/states.js"
import { Landed } from "../../../src/history/landed.js"
import { stream } from "../../../src/lib/stream.js"
import { Fault } from "../../../src/ports/faults.js"
import type { Board, Score } from "../../../src/ports/viewStore.js"
import type { StateAnswer } from "../../../src/projections/stateReader.js"
import type { Game } from "../../../src/resolvers/game.js"

const AT = Date.UTC(2024, 0, 1)

function player(id: string, guild: string | null): State {
  return {
    id,
    name: `Name of ${id}`,
    region: "eu",
    gold: 850,
    health: 100,
    swords: { katana: 1, gone: 2 },
    guild,
  }
}

const knights = {
  id: "knights",
  name: "Knights",
  capacity: 5,
  founder: "alice",
  members: ["alice", "bob", "ghost"],
}

/** `ghost` is a member that there is not: a non-null field becomes null. */
const states = new Map<Aggregate, State>([
  [playerAggregate("alice"), player("alice", "knights")],
  [playerAggregate("bob"), player("bob", null)],
  [guildAggregate("knights"), knights],
  [guildAggregate("empty"), { ...knights, id: "empty", founder: "nobody", members: [] }],
])

/** With equal scores, one that faults, and ones that are no more. */
const boards: Record<Board, readonly Score[]> = {
  gold: [
    { id: "alice", score: 850 },
    { id: "bob", score: 850 },
    { id: "ghost", score: 3 },
  ],
  swords: [
    { id: "fault", score: 5 },
    { id: "bob", score: 3 },
  ],
  guildSize: [
    { id: "knights", score: 3 },
    { id: "gone", score: 1 },
  ],
}

const landed = new Landed({
  ...{ version: 0, offset: 3, byRealm: new Map([[0, 3]]), gaps: [] },
  ...{ files: [], columns: [], present: new Set<string>() },
})
const bought = { id: "5-0", swordType: "katana", price: 150, region: "eu", guild: "gone", at: AT }

/** Of 2030 there is nothing: the engine is away. */
const stubHistory: Game["history"] = {
  sales: async ({ by }) => ({
    rows: ["katana", "gone", null].map(swordType => ({
      ...{ swordType, region: "eu", guildId: swordType === null ? null : "knights", bucket: AT },
      ...{ purchases: by.length, revenue: 150, players: 1 },
    })),
    landedThrough: 3,
    through: 3,
    live: true,
  }),
  guildGrowth: async () => ({
    rows: ["knights", "gone"].map(guildId => ({ guildId, bucket: AT, joined: 2, left: 1, members: 1 })),
    landedThrough: 3,
    through: 3,
    live: false,
  }),
  purchases: async () => ({
    purchases: ["alice", "ghost"].map(id => ({ ...bought, player: id })),
    hasMore: true,
  }),
  async prefixAsOf(at) {
    if (at > AT) throw new Fault("HISTORY_UNAVAILABLE", "the engine is away")
    return { end: 3, landed }
  },
  statesAsOf: async (_, aggregates) =>
    new Map(aggregates.map(name => [name, { state: states.get(name) ?? null, version: 1 }])),
}

/**
 * A game without time: the same question always has the same answer. Players `fault` and `bug` have their fault and
 * their bug, whatever is asked of them; `ghost` buys swords, but there is no such player.
 */
export function stubGame(): Game {
  let keys = 0
  return {
    realm: 0,
    commands: { execute: async request => outcomeOf(request) },
    stateReader: {
      checkpoint: null,
      read: async () => view,
      list: async (_, after, limit) => ["empty", "knights"].filter(id => id > (after ?? "")).slice(0, limit),
      top: async (board, limit) => boards[board].slice(0, limit),
    },
    feed: {
      size: 0,
      begin: async () => ({ offset: 0, index: 0 }),
      upToHead: async () => {},
      follow: () => stream(async function* () {}),
    },
    tail: {
      genesis: { logId: "stub", realm: 0, lagMax: 1, format: 1 },
      position: 3,
      head: 3,
      reachedBy: async () => {},
    },
    clock: systemClock,
    newId: () => `key-${keys++}`,
    engines: { log: "none", views: "none", lake: "none", history: "none" },
    landed: () => 0,
    history: stubHistory,
    queryDeadlineMs: 1000,
    unready: () => [],
  }
}

/** A game that fails the test's request when a resolver asks it anything. */
export function untouchable(): Game {
  const touched = () => {
    throw new Error("a resolver was called")
  }
  const stateReader = { read: touched, list: touched, top: touched, checkpoint: null }
  return { ...stubGame(), commands: { execute: touched }, stateReader }
}

const view = {
  document(aggregate: Aggregate) {
    failAs(aggregate.slice(aggregate.indexOf("/") + 1))
    return { link: null, version: 2, state: states.get(aggregate) ?? null }
  },
  purchases(id: string) {
    failAs(id)
    const one = { swordType: "katana", price: 150, region: "eu", guild: "knights", at: AT }
    return {
      count: 22,
      recent: [
        { id: "5-1", ...one },
        { id: "5-0", ...one, guild: null },
        { id: "3-0", ...one, guild: "gone" },
      ],
    }
  },
} as unknown as StateAnswer

function failAs(id: unknown): void {
  if (id === "fault") throw new Fault("VIEWS_BEHIND", "the views are behind")
  if (id === "bug") throw new TypeError("secret: cannot read properties of undefined")
}

function outcomeOf({ input }: CommandRequest): CommandResult {
  const id = String(input.playerId ?? input.founderId)
  failAs(id)
  const guild = typeof input.name === "string" ? slug(input.name) : String(input.guildId)
  const aggregates = [playerAggregate(id), guildAggregate(guild)]
  const refused = id === "nobody"
  const data = { player: id, swordType: String(input.swordType), price: 150, region: "eu", guild: null }
  return {
    events:
      refused || input.swordType === undefined
        ? []
        : [{ id: "2-0", event: makeEvent("SwordBought", data), at: AT }],
    refusal: refused ? { code: "PLAYER_NOT_FOUND", message: "there is no player nobody" } : null,
    replayed: false,
    position: 3,
    states: new Map(aggregates.map(aggregate => [aggregate, states.get(aggregate) ?? null])),
    versions: new Map(aggregates.map(aggregate => [aggregate, 2])),
    key: "a-key",
  }
}
