import type { CommandName } from "../../src/domain/commands.js"
import type { FakeLogFaults } from "../fakes/logServer.js"
import { Model } from "./model.js"
import type { Settings } from "./plan.js"
import { System, type SystemOptions } from "./system.js"

/** The travel times of a commit to the log, then back to its reader: 3 ms on average. */
const travels = {
  even: { appendMs: [2, 2], readMs: [1, 1] },
  uneven: { appendMs: [1, 2], readMs: [1, 2] },
} satisfies Record<string, Partial<FakeLogFaults>>

const ROUND_TRIP_MS = 3
const DEADLINE_MS = 5000

/** Processes that fight for the same few aggregates, each with clients that wait for one answer after another. */
export interface Fight {
  readonly processes: number
  readonly travel: keyof typeof travels
  /** Virtual time. */
  readonly durationMs: number
}

const CLIENTS_EACH = 6

/** The result of a fight. */
export interface Figures {
  readonly commits: number
  /** As a share of all commits. */
  readonly effectiveShare: number
  readonly effectivePerRoundTrip: number
  /** The longest run of lost commits of one process. */
  readonly longestLosingStreak: number
  readonly slowestAnswerMs: number
  /** Answers that were faults: all that can go wrong here is the deadline. */
  readonly faults: number
}

type Command = readonly [CommandName, Readonly<Record<string, unknown>>]

/** Two players and their guild: commits on one of them, and on a player and the guild. */
const commands: readonly Command[] = [
  ["grantGold", { playerId: "alice", amount: 1, reason: "quest" }],
  ["grantGold", { playerId: "bob", amount: 1, reason: "quest" }],
  ["joinGuild", { playerId: "alice", guildId: "knights" }],
  ["leaveGuild", { playerId: "alice", guildId: "knights" }],
  ["joinGuild", { playerId: "bob", guildId: "knights" }],
  ["leaveGuild", { playerId: "bob", guildId: "knights" }],
]

const LAG_MAX = 16_384

function settings({ processes, travel }: Fight): Settings {
  return {
    seed: 1,
    apis: processes,
    projectors: 1,
    lagMax: LAG_MAX,
    bufferRecords: 100_000,
    keyRetention: 3_600_000,
    deadlineMs: DEADLINE_MS,
    warmMax: 1000,
    logFaults: { ...travels[travel], boundsMs: [1, 2] },
    viewFaults: { latencyMs: [0, 1] },
  }
}

/** Lets the processes fight in virtual time. */
export async function fight(plan: Fight, options: SystemOptions = {}): Promise<Figures> {
  const system = new System(settings(plan), options)
  const { clock, log } = system.shared
  await system.start()
  await clock.run(100)
  await clock.runFor(prepare(system))
  const begun = log.records.length
  const until = clock.now() + plan.durationMs
  const clients = Array.from({ length: plan.processes * CLIENTS_EACH }, (_, i) => send(system, i, until))
  await clock.run(plan.durationMs)
  await clock.runFor(Promise.all(clients))
  return { ...commitFigures(system, plan, begun), ...answerFigures(system, begun) }
}

/** The guild has a third member, so that it is never dissolved. */
async function prepare(system: System): Promise<void> {
  const named = (playerId: string): Command => {
    return ["registerPlayer", { playerId, name: "Somebody", region: "north" }]
  }
  const first: readonly Command[] = [
    ...["alice", "bob", "carol"].map(named),
    ["foundGuild", { founderId: "carol", name: "knights", capacity: 10 }],
  ]
  for (const [i, [name, input]] of first.entries()) {
    await system.api(0).execute({ name, input, idempotencyKey: `first ${i}` }, () => true)
  }
}

async function send(system: System, client: number, until: number): Promise<void> {
  const { clock, random } = system.shared
  const draw = random(`client ${client}`)
  for (let n = 0; clock.now() < until; n++) {
    const [name, input] = commands[Math.floor(draw() * commands.length)] ?? commands[0] ?? []
    if (name === undefined || input === undefined) return
    await system.api(client).execute({ name, input, idempotencyKey: `${client}-${n}` }, () => true)
  }
}

function commitFigures(system: System, { durationMs }: Fight, begun: number) {
  const { log, senders } = system.shared
  const model = new Model(log.records, { lagMax: LAG_MAX })
  const streaks = new Map<string, number>()
  let commits = 0
  let effective = 0
  let longestLosingStreak = 0
  for (const { commit, verdict } of model.records.slice(begun)) {
    if (commit === null) continue
    const process = senders.get(commit.id)?.process ?? ""
    const won = verdict === "effective"
    const streak = won ? 0 : (streaks.get(process) ?? 0) + 1
    streaks.set(process, streak)
    commits += 1
    effective += won ? 1 : 0
    longestLosingStreak = Math.max(longestLosingStreak, streak)
  }
  return {
    commits,
    effectiveShare: effective / commits,
    effectivePerRoundTrip: (effective * ROUND_TRIP_MS) / durationMs,
    longestLosingStreak,
  }
}

function answerFigures({ shared }: System, begun: number) {
  const answered = shared.attempts.filter(({ headAtArrival }) => headAtArrival >= begun)
  const tookMs = answered.map(({ answer, arrivedAt }) => (answer?.answeredAt ?? 0) - arrivedAt)
  const faults = answered.filter(({ answer }) => answer?.kind === "fault").length
  return { slowestAnswerMs: Math.max(...tookMs), faults }
}

/** A row of a table in `docs/benchmarks.md`. */
export function row({ processes, travel }: Fight, figures: Figures): string {
  const { commits, effectiveShare, effectivePerRoundTrip, longestLosingStreak, slowestAnswerMs } = figures
  const share = `${(100 * effectiveShare).toFixed(1)} %`
  const cells = [processes, travel, commits, share, effectivePerRoundTrip.toFixed(2), longestLosingStreak]
  return `| ${[...cells, `${slowestAnswerMs} ms`, figures.faults].join(" | ")} |`
}
