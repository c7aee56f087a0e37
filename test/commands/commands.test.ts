import { describe, expect, test } from "vitest"
import type { CommandRequest } from "../../src/commands/request.js"
import { playerAggregate } from "../../src/domain/aggregates.js"
import type { CommandName } from "../../src/domain/commands.js"
import { buy, found, grant, join, leave, register } from "../domain/support/requests.js"
import { faultOf } from "../support/fault.js"
import { DEADLINE_MS, TestRealm } from "../support/realm.js"

const alice = playerAggregate("alice")

/**
 * For every command, one request that is accepted after those before it. A new command must be added here.
 */
const accepted: Record<CommandName, { readonly before: CommandRequest[]; readonly request: CommandRequest }> =
  {
    registerPlayer: { before: [], request: register("alice") },
    grantGold: { before: [register("alice")], request: grant("alice", 5) },
    buySword: { before: [register("alice")], request: buy("alice", "katana") },
    foundGuild: { before: [register("alice")], request: found("alice", "Knights") },
    joinGuild: {
      before: [register("bob"), found("bob", "Knights"), register("alice")],
      request: join("alice", "knights"),
    },
    leaveGuild: {
      before: [register("alice"), found("alice", "Knights")],
      request: leave("alice", "knights"),
    },
  }

describe.each(Object.entries(accepted))("%s twice", (_, { before, request }) => {
  test("with one key happens once, and is answered with the same events", async () => {
    const realm = new TestRealm()
    const { execute } = await realm.process("a")
    for (const each of before) await execute(each)
    const asked = { ...request, idempotencyKey: "k" }

    const first = await execute(asked)
    const second = await execute(asked)

    expect(first).toMatchObject({ refusal: null, replayed: false, key: "k" })
    expect(first.events.length).toBeGreaterThan(0)
    // A key keeps no personal fields.
    const kept = first.events.map(({ event: { personal: __, ...event }, ...place }) => ({ event, ...place }))
    expect(second).toMatchObject({ refusal: null, replayed: true, position: first.position })
    expect(
      second.events.map(({ event: { personal: __, ...event }, ...place }) => ({ event, ...place })),
    ).toEqual(kept)
    expect((await realm.happened()).filter(id => id.endsWith("/k"))).toHaveLength(1)
  })

  test("at the same time through two processes happens once", async () => {
    const realm = new TestRealm()
    const [a, b] = [await realm.process("a"), await realm.process("b")]
    for (const each of before) await a.execute(each)
    const asked = { ...request, idempotencyKey: "k" }

    const answers = await Promise.all([a, b].map(({ execute }) => execute(asked)))

    expect(answers.map(({ replayed }) => replayed).sort()).toEqual([false, true])
    expect((await realm.happened()).filter(id => id.endsWith("/k"))).toHaveLength(1)
  })
})

describe("a command", () => {
  test("without a key is done each time, each time under its own key", async () => {
    const { execute } = await new TestRealm().process("a")
    await execute(register("alice"))

    const first = await execute(grant("alice", 5))
    const second = await execute(grant("alice", 5))

    expect(second.states.get(alice)).toMatchObject({ gold: 1010 })
    expect(first.key).not.toBe(second.key)
  })

  test("under the key of another request is IDEMPOTENCY_KEY_REUSED", async () => {
    const { execute } = await new TestRealm().process("a")
    await execute(register("alice"))
    await execute({ ...grant("alice", 5), idempotencyKey: "k" })

    const fault = await faultOf(execute({ ...grant("alice", 6), idempotencyKey: "k" }))

    expect(fault).toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED", retryable: false })
  })

  test("under a key that only the views still know is answered with its events", async () => {
    const realm = new TestRealm({ lagMax: 2 })
    const asked = { ...register("alice"), idempotencyKey: "k" }
    const { execute } = await realm.process("a")
    const first = await execute(asked)
    for (let n = 0; n < 3; n++) await execute(grant("alice", 1))
    await realm.clock.run(1000)
    const later = await realm.process("b")
    expect(later.tail.buffer.from).toBeGreaterThanOrEqual(first.position)

    const again = await later.execute(asked)

    expect(again).toMatchObject({ replayed: true, position: first.position })
    expect(again.events.map(({ id }) => id)).toEqual(first.events.map(({ id }) => id))
  })

  test("under the key of another player is its own", async () => {
    const { execute } = await new TestRealm().process("a")

    await execute({ ...register("alice"), idempotencyKey: "k" })

    expect((await execute({ ...register("bob"), idempotencyKey: "k" })).replayed).toBe(false)
  })

  test("that was refused may be tried again with the same key", async () => {
    const { execute } = await new TestRealm().process("a")
    await execute(register("alice"))
    const asked = { ...buy("alice", "excalibur"), idempotencyKey: "k" }
    expect(await execute(asked)).toMatchObject({ refusal: { code: "NOT_ENOUGH_GOLD" }, events: [] })

    await execute(grant("alice", 1000))

    expect(await execute(asked)).toMatchObject({ refusal: null, replayed: false })
  })

  test("that is refused appends nothing", async () => {
    const realm = new TestRealm()
    const { execute } = await realm.process("a")

    await execute(buy("alice", "katana"))

    expect(realm.log.records.length).toBe(1)
  })

  test("sent a hundred times at once is done as often as there is gold for it", async () => {
    const realm = new TestRealm()
    const { commands, execute } = await realm.process("a")
    await execute(register("alice"))

    const answers = await realm.clock.runFor(
      Promise.all(Array.from({ length: 100 }, () => commands.execute(buy("alice", "katana")))),
    )

    expect(answers.filter(({ refusal }) => refusal === null)).toHaveLength(6)
    expect(answers.at(-1)).toMatchObject({ refusal: { code: "NOT_ENOUGH_GOLD" } })
    expect(commands.open).toBe(0)
  })

  test("through another process sees what happened here, and is not refused wrongly", async () => {
    const realm = new TestRealm()
    const [a, b] = [await realm.process("a"), await realm.process("b")]
    await a.execute(register("alice"))
    await b.execute(grant("alice", 1))
    realm.log.cut("b")
    await a.execute(grant("alice", 1000))
    const buying = b.commands.execute(buy("alice", "excalibur"))
    await realm.clock.run(500)

    realm.log.heal("b")

    expect(await realm.clock.runFor(buying)).toMatchObject({ refusal: null })
  })

  test("with a wrong input fails at once", async () => {
    const realm = new TestRealm()
    const { commands } = await realm.process("a")

    expect((await faultOf(commands.execute(grant("alice", -1)))).code).toBe("BAD_USER_INPUT")
    expect(commands.open).toBe(0)
  })

  test("on evicted aggregates reads them again", async () => {
    const realm = new TestRealm()
    const { execute } = await realm.process("a", { sizes: { warmMax: 0 } })
    await execute(register("alice"))
    await realm.clock.run(1000)

    expect((await execute(grant("alice", 5))).states.get(alice)).toMatchObject({ gold: 1005 })
  })
})

describe("commands that conflict", () => {
  test("through two processes on one player all get through", async () => {
    const realm = new TestRealm()
    const [a, b] = [await realm.process("a"), await realm.process("b")]
    await a.execute(register("alice"))

    const each = ({ commands }: typeof a) =>
      Array.from({ length: 50 }, () => commands.execute(grant("alice", 1)))
    await realm.clock.runFor(Promise.all([...each(a), ...each(b)]))

    const { states } = await a.execute(grant("alice", 1))
    expect(states.get(alice)).toMatchObject({ gold: 1101 })
    const superseded = [a, b].map(({ commands }) => commands.stats.verdicts.superseded)
    expect(Math.max(...superseded)).toBeGreaterThan(0)
  })
})

describe("when the log is away", () => {
  test("a command ends at its deadline and then never happens; those that still wait go on", async () => {
    const realm = new TestRealm()
    const { commands, execute } = await realm.process("a")
    await execute(register("alice"))
    realm.log.cut("a")
    const early = faultOf(commands.execute(grant("alice", 1)))
    await realm.clock.run(2000)
    const late = commands.execute(grant("alice", 20))
    await realm.clock.run(DEADLINE_MS - 2000 + 100)
    expect((await early).code).toBe("LOG_UNAVAILABLE")

    realm.log.heal("a")

    expect((await realm.clock.runFor(late)).states.get(alice)).toMatchObject({ gold: 1020 })
    await realm.clock.run(10_000)
    expect((await execute(grant("alice", 300))).states.get(alice)).toMatchObject({ gold: 1320 })
  })

  test("the commands of one commit each end at their own deadline, and none that was answered happens", async () => {
    const realm = new TestRealm()
    const { commands, execute } = await realm.process("a")
    await execute(register("alice"))
    await execute(register("bob"))
    realm.log.cut("a")
    const early = faultOf(commands.execute(found("alice", "Knights")))
    await realm.clock.run(1000)
    const late = faultOf(commands.execute(join("bob", "knights")))
    await realm.clock.run(DEADLINE_MS - 1000 + 100)
    expect((await early).code).toBe("LOG_UNAVAILABLE")

    await realm.clock.run(1000)
    realm.log.heal("a")
    await realm.clock.run(1000)

    expect((await late).code).toBe("LOG_UNAVAILABLE")
    expect(await execute(join("bob", "knights"))).toMatchObject({ refusal: { code: "GUILD_NOT_FOUND" } })
  })

  test("after the answer was lost, the same key gives the one true answer", async () => {
    const realm = new TestRealm()
    const { commands, execute } = await realm.process("a")
    await execute(register("alice"))
    const asked = { ...grant("alice", 5), idempotencyKey: "k" }
    const asking = faultOf(commands.execute(asked))
    await realm.clock.run(0.5)
    realm.log.faults = { ...realm.log.faults, replyLost: 1 }
    realm.log.cut("a")
    await realm.clock.run(DEADLINE_MS + 100)
    const fault = await asking
    realm.log.faults = { ...realm.log.faults, replyLost: 0 }
    realm.log.heal("a")

    const again = await execute(asked)

    expect(["OUTCOME_UNKNOWN", "LOG_UNAVAILABLE"]).toContain(fault.code)
    expect(again.refusal).toBeNull()
    expect((await realm.happened()).filter(id => id === "alice/k")).toHaveLength(1)
  })
})

describe("a commit that is still in flight", () => {
  test("keeps its commands from being refused, since it may yet happen", async () => {
    const realm = new TestRealm()
    const { commands, execute } = await realm.process("a")
    await execute(register("alice"))
    realm.log.faults = { ...realm.log.faults, partial: 1 }
    const granted = faultOf(commands.execute({ ...grant("alice", 1000), idempotencyKey: "grant" }))
    await realm.clock.run(900)
    const bought = faultOf(commands.execute({ ...buy("alice", "excalibur"), idempotencyKey: "buy" }))
    await realm.clock.run(600)
    // Both are in the next commit. It lands long after the grant was answered: the gold is no longer there by
    // then.
    realm.log.faults = { ...realm.log.faults, partial: 0, late: 1, lateMs: [8000, 8000] }
    await realm.clock.run(DEADLINE_MS)

    expect([(await granted).code, (await bought).code]).toEqual(["OUTCOME_UNKNOWN", "OUTCOME_UNKNOWN"])
    await realm.clock.run(10_000)
    expect(await realm.happened()).toEqual(expect.arrayContaining(["alice/grant", "alice/buy"]))
  })
})

describe("a process that shuts down", () => {
  test("accepts no new work, and finishes what is open", async () => {
    const realm = new TestRealm()
    const { commands, execute } = await realm.process("a")
    await execute(register("alice"))
    const onItsWay = commands.execute(grant("alice", 5))
    const stopping = commands.stop()

    expect((await faultOf(commands.execute(grant("alice", 5)))).code).toBe("SHUTTING_DOWN")
    await realm.clock.runFor(stopping)

    expect(await onItsWay).toMatchObject({ refusal: null })
    expect(commands.open).toBe(0)
  })

  test("whose log turns out to be another one fails all commands at once", async () => {
    const realm = new TestRealm()
    const { commands, execute, tail } = await realm.process("a")
    await execute(register("alice"))
    realm.log.cut("a")
    const onItsWay = faultOf(commands.execute(grant("alice", 5)))
    await realm.clock.run(100)

    realm.log.loseFrom(1)
    realm.log.heal("a")

    expect(["LOG_TRUNCATED", "OUTCOME_UNKNOWN"]).toContain((await realm.clock.runFor(onItsWay)).code)
    expect(tail.fault?.code).toBe("LOG_TRUNCATED")
    expect((await faultOf(execute(grant("alice", 5)))).code).toBe("LOG_TRUNCATED")
  })
})
