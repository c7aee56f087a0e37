import { describe, expect, test } from "vitest"
import { COMMIT_COMMANDS_MAX, CommandGroups } from "../../src/commands/groups.js"
import type { PendingCommand } from "../../src/commands/pendingCommand.js"
import type { CommandRequest } from "../../src/commands/request.js"
import { guildAggregate, playerAggregate } from "../../src/domain/aggregates.js"
import { builtInCatalogue } from "../../src/domain/catalogue.js"
import { type CommandName, commandType } from "../../src/domain/commands.js"
import { type GameEvent, makeEvent, readEvent } from "../../src/domain/events.js"
import { SWORD_COUNT_MAX } from "../../src/domain/goods.js"
import { GOLD_MAX } from "../../src/domain/kinds.js"
import { encodeCommit } from "../../src/log/codec.js"
import { COMMIT_BYTES_MAX } from "../../src/log/commit.js"
import { acceptOffer, buy, found, grant, join, offer, register } from "../domain/support/requests.js"
import { founded, goods, granted, offered, registered, tradeMade, tradeWithdrawn } from "../support/events.js"
import { Queues } from "./support/pendings.js"

const alice = playerAggregate("alice")
const bob = playerAggregate("bob")
const knights = guildAggregate("knights")

const one = [goods(1), goods(0)] as const

/** As long as an id may be. */
function longId(i: number): string {
  return `${i}`.padStart(64, "0")
}

const longTypes = Array.from({ length: 20 }, (_, i) => `${i}`.padStart(64, "0"))
const full = (types: readonly string[]) =>
  goods(GOLD_MAX, Object.fromEntries(types.map(type => [type, SWORD_COUNT_MAX])))
const sides = { gives: full(longTypes.slice(0, 10)), wants: full(longTypes.slice(10)) }
const longestTrade = `${"9".repeat(16)}-${"9".repeat(6)}`
const longestPrices = Object.fromEntries(longTypes.map(type => [type, GOLD_MAX]))

describe("the commits of a round", () => {
  test("are separate for commands on different aggregates", () => {
    const { groups, take } = round()

    take(register("alice"))
    take(register("bob"))

    expect(sizes(groups)).toEqual([1, 1])
  })

  test("hold the commands on one aggregate together, in order", () => {
    const { groups, take } = round()

    const pendings = [take(register("alice")), take(grant("alice", 5)), take(buy("alice", "katana"))]

    const [group] = groups.all()
    expect(group?.commands.map(({ pending }) => pending.seq)).toEqual(pendings.map(({ seq }) => seq))
    expect([...(group?.queues.keys() ?? [])]).toEqual([alice])
  })

  test("are merged by a command on the aggregates of two", () => {
    const { groups, queues, take } = round()
    queues.given(bob, registered("bob"))
    take(register("alice"))
    take(found("bob", "Knights"))
    expect(sizes(groups)).toEqual([1, 1])

    take(join("alice", "knights"))

    const [group] = groups.all()
    expect(sizes(groups)).toEqual([3])
    expect([...(group?.queues.keys() ?? [])].sort()).toEqual([knights, alice, bob].sort())
  })

  test("stay merged: a later command finds the one that its aggregates are in", () => {
    const { groups, queues, take } = round()
    queues.given(bob, registered("bob"))
    take(register("alice"))
    take(found("bob", "Knights"))
    take(join("alice", "knights"))

    take(grant("bob", 1))

    expect(sizes(groups)).toEqual([4])
  })
})

describe("a decision of a round", () => {
  test("sees what the commands before it in the round have changed", () => {
    const { groups, queues, take } = round()
    queues.given(alice, registered("alice", { gold: 140 }))
    const poor = queues.arrive(buy("alice", "katana"))
    expect(decide(groups, queues, poor)).toMatchObject({ refusal: { code: "NOT_ENOUGH_GOLD" } })

    take(grant("alice", 10))

    expect(decide(groups, queues, poor)).toHaveProperty("events")
  })

  test("sees what two commits had changed before they were merged", () => {
    const { groups, queues, take } = round()
    queues.given(alice, registered("alice"))
    queues.given(bob, registered("bob"), granted("bob", 1))
    take(found("bob", "Knights", 2))
    take(grant("alice", 1))
    take(join("alice", "knights"))
    queues.given(playerAggregate("carol"), registered("carol"))
    const carol = queues.arrive(join("carol", "knights"))

    expect(decide(groups, queues, carol)).toMatchObject({ refusal: { code: "GUILD_FULL" } })
  })

  test("sees that an aggregate which the round has dissolved is gone", () => {
    const { groups, queues, take } = round()
    queues.given(alice, registered("alice"), founded("alice", "knights"))
    queues.given(knights, founded("alice", "knights"))
    queues.given(bob, registered("bob"))
    take({ name: "leaveGuild", input: { playerId: "alice", guildId: "knights" } })

    const joining = queues.arrive(join("bob", "knights"))

    expect(decide(groups, queues, joining)).toMatchObject({ refusal: { code: "GUILD_NOT_FOUND" } })
  })

  test("on trades that were offered in the same round, whose true ids are not known yet", () => {
    const { groups, queues, take } = round()
    queues.given(alice, registered("alice"))
    queues.given(bob, registered("bob"))
    for (let i = 0; i < 10; i++) take(offer("alice", "bob", ...one))
    for (let i = 0; i < 10; i++) take(offer("bob", "alice", ...one))
    for (let i = 0; i < 10; i++) take(offer("alice", "bob", ...one))

    const more = queues.arrive(offer("alice", "bob", ...one))
    const back = queues.arrive(offer("bob", "alice", ...one))

    expect(decide(groups, queues, more)).toMatchObject({ refusal: { code: "TRADE_LIMIT" } })
    expect(decide(groups, queues, back)).toHaveProperty("events")
  })

  test("is known to rest on this round if it shares a queue with it", () => {
    const { groups, queues, take } = round()
    take(register("alice"))

    expect(groups.share(queues.queues.of(queues.arrive(grant("alice", 1))))).toBe(true)
    expect(groups.share(queues.queues.of(queues.arrive(grant("bob", 1))))).toBe(false)
  })
})

describe("a round does not admit", () => {
  test("a 65th command into one commit", () => {
    const { groups, queues, take } = round()
    take(register("alice"))
    for (let i = 1; i < COMMIT_COMMANDS_MAX; i++) take(grant("alice", 1))

    expect(admits(groups, queues, grant("alice", 1))).toBe(false)
    expect(admits(groups, queues, register("bob"))).toBe(true)
  })

  test("more than 32 accepted trades, which are large", () => {
    const { groups, queues, take } = round()
    queues.given(
      alice,
      registered("alice"),
      ...Array.from({ length: 33 }, () => offered("bob", "alice", ...one)),
    )
    queues.given(bob, registered("bob"), ...Array.from({ length: 33 }, () => offered("bob", "alice", ...one)))
    for (let i = 1; i <= 32; i++) take(acceptOffer("alice", "bob", `0-${i}`))

    expect(admits(groups, queues, acceptOffer("alice", "bob", "0-33"))).toBe(false)
  })

  test.each<[CommandName, GameEvent]>([
    ["offerTrade", makeEvent("TradeOffered", { player: longId(0), to: longId(1), ...sides })],
    ["acceptTrade", tradeMade(longId(0), longId(1), longestTrade, sides, longestPrices)],
    [
      "withdrawTrade",
      tradeWithdrawn(longId(0), { from: longId(0), to: longId(1), trade: longestTrade, ...sides }),
    ],
  ])(
    "so many of %s, even of the largest, that their commit would be too large for the log",
    (name, event) => {
      const count = Math.floor(COMMIT_COMMANDS_MAX / (commandType(name).places ?? 1))
      const on = Object.fromEntries(
        Array.from({ length: 2 * count }, (_, i) => [playerAggregate(longId(i)), "l".repeat(24)]),
      )
      const command = { id: `${longId(0)}/${"k".repeat(64)}`, digest: "d".repeat(16), events: [event] }
      const commit = {
        id: "l".repeat(24),
        seen: GOLD_MAX,
        at: GOLD_MAX,
        on,
        commands: Array(count).fill(command),
      }

      expect(readEvent(event).kind).toBe("event")
      expect(encodeCommit(commit).length).toBeLessThan(COMMIT_BYTES_MAX)
    },
  )

  test("a command that would merge two commits into one of more than 64", () => {
    const { groups, queues, take } = round()
    queues.given(alice, registered("alice"))
    queues.given(bob, registered("bob"))
    take(found("bob", "Knights"))
    for (let i = 0; i < 31; i++) take(grant("bob", 1))
    for (let i = 0; i < 31; i++) take(grant("alice", 1))
    expect(admits(groups, queues, join("alice", "knights"))).toBe(true)

    take(grant("alice", 1))

    expect(admits(groups, queues, join("alice", "knights"))).toBe(false)
  })

  test("a key that is in the commit already: it waits for that commit's verdict", () => {
    const { groups, queues, take } = round()
    queues.given(alice, registered("alice"))
    take({ ...grant("alice", 1), idempotencyKey: "k" })

    expect(admits(groups, queues, { ...grant("alice", 1), idempotencyKey: "k" })).toBe(false)
    expect(admits(groups, queues, { ...grant("alice", 1), idempotencyKey: "l" })).toBe(true)
  })
})

test("an event that changes what its command does not name is a bug, and stops the round", () => {
  const { groups, queues } = round()
  const pending = queues.arrive(register("alice"))
  const astray = granted("bob", 1)

  expect(() => groups.join(pending, [astray], queues.queues.of(pending))).toThrow(/does not name/)
})

test("an event that cannot follow the state it was decided on is a bug, and stops the round", () => {
  const { groups, queues } = round()
  const pending = queues.arrive(grant("alice", 1))

  expect(() => groups.join(pending, [granted("alice", 1)], queues.queues.of(pending))).toThrow(
    /cannot follow/,
  )
})

function round() {
  const groups = new CommandGroups(builtInCatalogue)
  const queues = new Queues()
  /** Decides a command, which must be accepted, and takes it into the round. */
  const take = (request: CommandRequest): PendingCommand => {
    const pending = queues.arrive(request)
    const decision = decide(groups, queues, pending)
    if ("refusal" in decision) throw new Error(decision.refusal.message)
    groups.join(pending, decision.events, queues.queues.of(pending))
    return pending
  }
  return { groups, queues, take }
}

function decide(groups: CommandGroups, queues: Queues, pending: PendingCommand) {
  return groups.decide(pending, queues.queues.of(pending))
}

function admits(groups: CommandGroups, queues: Queues, request: CommandRequest): boolean {
  const pending = queues.arrive(request)
  return groups.admit(pending, queues.queues.of(pending))
}

function sizes(groups: CommandGroups): number[] {
  return [...groups.all()].map(({ commands }) => commands.length)
}
