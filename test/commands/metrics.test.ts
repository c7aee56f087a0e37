import { describe, expect, test } from "vitest"
import { commandMetrics } from "../../src/commands/metrics.js"
import type { Labels } from "../../src/lib/metrics.js"
import { buy, grant, register } from "../domain/support/requests.js"
import { faultOf } from "../support/fault.js"
import { exposed, totalFrom, valueFrom } from "../support/metrics.js"
import { DEADLINE_MS, TestRealm } from "../support/realm.js"

const KEY = { idempotencyKey: "once" }

describe("the metrics of commands", () => {
  test("count each by its outcome and code", async () => {
    const { execute, value } = await begin()
    await execute(register("alice"))
    await execute({ ...buy("alice", "dagger"), ...KEY })
    await execute({ ...buy("alice", "dagger"), ...KEY })
    await execute(buy("alice", "excalibur"))
    await faultOf(execute({ ...buy("alice", "katana"), ...KEY }))
    await faultOf(execute({ name: "buySword", input: { playerId: 5 } }))

    const bought = (labels: Labels) =>
      value("guildhall_commands_total", { command: "buySword", code: "", ...labels })
    expect(await value("guildhall_commands_total", { command: "registerPlayer", outcome: "effective" })).toBe(
      1,
    )
    expect(await bought({ outcome: "effective" })).toBe(1)
    expect(await bought({ outcome: "replayed" })).toBe(1)
    expect(await bought({ outcome: "refused", code: "NOT_ENOUGH_GOLD" })).toBe(1)
    expect(await bought({ outcome: "fault", code: "IDEMPOTENCY_KEY_REUSED" })).toBe(1)
    expect(await bought({ outcome: "fault", code: "BAD_USER_INPUT" })).toBe(1)
    expect(await value("guildhall_command_duration_seconds", { command: "buySword" })).toBe(5)
    expect(await value("guildhall_command_duration_seconds", { command: "registerPlayer" })).toBe(1)
  })

  test("say how long they took, from arrival to answer", async () => {
    const { realm, execute, commands } = await begin()
    await execute(register("alice"))
    realm.log.cut("a")

    await faultOf(execute(grant("alice", 1)))

    const name = "guildhall_command_duration_seconds"
    const { samples = [] } = (await exposed(commandMetrics(commands))).get(name) ?? {}
    const sums = samples.filter(sample => sample.name === `${name}_sum`)
    const took = sums.find(({ labels }) => labels.command === "grantGold")
    expect(took?.value).toBeCloseTo(DEADLINE_MS / 1000, 1)
  })

  test("count barriers, and the refusals that waited for one", async () => {
    const { realm, commands, execute, value } = await begin()
    const players = ["alice", "bob", "carol"]
    for (const player of players) await execute(register(player))

    const refused = players.map(player => commands.execute(buy(player, "excalibur")))
    await realm.clock.runFor(Promise.all(refused))

    expect(await value("guildhall_barriers_total")).toBe(1)
    expect(await value("guildhall_barrier_waits_total")).toBe(3)
  })

  test("say where the open ones are", async () => {
    const { realm, commands, execute, value } = await begin()
    await execute(register("alice"))
    realm.log.cut("a")
    const open = [1, 2, 3].map(() => faultOf(commands.execute(grant("alice", 1))))
    await realm.clock.run(5)
    const later = faultOf(commands.execute(grant("alice", 1)))
    await realm.clock.run(5)

    expect(await value("guildhall_commands_open", { state: "in_flight" })).toBe(3)
    expect(await value("guildhall_commands_open", { state: "waiting" })).toBe(1)
    expect(await value("guildhall_commits_in_flight")).toBe(1)

    await realm.clock.run(DEADLINE_MS + 1000)
    await Promise.all([...open, later])
    expect(await value("guildhall_commands_open", { state: "in_flight" })).toBe(0)
    expect(await value("guildhall_commands_open", { state: "waiting" })).toBe(0)
  })

  test("say how many wait for a barrier while the log does not answer", async () => {
    const { realm, commands, execute, value } = await begin()
    await execute(register("alice"))
    realm.log.cut("a")

    const refused = faultOf(commands.execute(buy("alice", "excalibur")))
    await realm.clock.run(100)

    expect(await value("guildhall_commands_open", { state: "barrier" })).toBe(1)
    await realm.clock.run(DEADLINE_MS)
    expect((await refused).code).toBe("LOG_UNAVAILABLE")
    expect(await value("guildhall_commands_open", { state: "barrier" })).toBe(0)
  })
})

describe("the metrics of commits", () => {
  test("show how many of each other's commits two processes void, and the retries", async () => {
    const realm = new TestRealm()
    const [a, b] = [await realm.process("a"), await realm.process("b")]
    await a.execute(register("alice"))
    const each = ({ commands }: typeof a) =>
      Array.from({ length: 20 }, () => commands.execute(grant("alice", 1)))

    await realm.clock.runFor(Promise.all([...each(a), ...each(b)]))

    const both = [a, b].map(({ commands }) => commandMetrics(commands))
    const sum = (name: string, labels?: Labels) => totalFrom(both, name, labels)
    const superseded = await sum("guildhall_commits_total", { verdict: "superseded" })
    expect(superseded).toBeGreaterThan(0)
    expect(await sum("guildhall_command_retries_total")).toBeGreaterThanOrEqual(superseded)
    // What happened is in the log: the registration, and at least one commit of each process.
    expect(await sum("guildhall_commits_total", { verdict: "effective" })).toBeGreaterThanOrEqual(3)
    const appended = await sum("guildhall_log_append_duration_seconds", { outcome: "stored" })
    expect(appended).toBeGreaterThanOrEqual(3)
    expect(a.tail.verdicts.superseded).toBe(superseded)
  })

  test("count the appends that certainly stored nothing", async () => {
    const { realm, execute, value } = await begin()
    await execute(register("alice"))
    await realm.clock.run(10)
    realm.log.cut("a")

    await faultOf(execute(grant("alice", 1)))

    expect(await value("guildhall_log_append_duration_seconds", { outcome: "stored" })).toBe(1)
    expect(await value("guildhall_log_append_duration_seconds", { outcome: "not_stored" })).toBeGreaterThan(0)
  })
})

async function begin() {
  const realm = new TestRealm()
  const process = await realm.process("a")
  const metrics = commandMetrics(process.commands)
  return { realm, ...process, value: (name: string, labels?: Labels) => valueFrom(metrics, name, labels) }
}
