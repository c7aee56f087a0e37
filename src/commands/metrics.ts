import { type Metric, type Sample, samplesOf } from "../lib/metrics.js"
import type { Commands } from "./commands.js"
import type { CommandStats } from "./stats.js"

/** The metrics of this process's commands and of their commits. */
export function commandMetrics(commands: Commands): Metric[] {
  return [...ofCommands(commands), ...ofCommits(commands)]
}

function ofCommands(commands: Commands): Metric[] {
  const { answers, stats } = commands
  return [
    {
      name: "guildhall_commands_total",
      help: "Commands that this process answered, by outcome (effective, replayed, refused, fault) and code.",
      type: "counter",
      labelNames: ["command", "outcome", "code"],
      read: () => answers.counts(),
    },
    {
      name: "guildhall_command_duration_seconds",
      help: "Time from a command's arrival to its answer, whatever the answer was.",
      type: "histogram",
      labelNames: ["command"],
      read: () => answers.latencies(),
    },
    {
      name: "guildhall_commands_open",
      help: "Commands not answered yet: waiting in their queues or for a barrier, or in flight in a commit.",
      type: "gauge",
      labelNames: ["state"],
      read: () => openByState(commands),
    },
    {
      name: "guildhall_barriers_total",
      help: "Barriers: how often the log answered with its head, so that refusals rest on everything in it.",
      type: "counter",
      read: () => stats.barriers,
    },
    {
      name: "guildhall_barrier_waits_total",
      help: "Refusals that waited for a barrier; one barrier serves all that wait.",
      type: "counter",
      read: () => stats.barrierWaits,
    },
  ]
}

function ofCommits(commands: Commands): Metric[] {
  const { stats } = commands
  const outcomes = Object.entries(stats.appends)
  return [
    {
      name: "guildhall_commits_total",
      help: "Commits of this process whose verdict was read; all verdicts but effective are void.",
      type: "counter",
      labelNames: ["verdict"],
      read: () => commitsByVerdict(stats),
    },
    {
      name: "guildhall_commits_in_flight",
      help: "Commits of this process whose verdict is not read yet.",
      type: "gauge",
      read: () => commands.commitsInFlight,
    },
    {
      name: "guildhall_command_retries_total",
      help: "How often a command had to be decided again because its commit was void.",
      type: "counter",
      read: () => stats.retries,
    },
    {
      name: "guildhall_log_append_duration_seconds",
      help: "Duration of appends to the log, by outcome: stored, not_stored, unknown (it may have been stored).",
      type: "histogram",
      labelNames: ["outcome"],
      read: () => outcomes.map(([outcome, histogram]) => ({ labels: { outcome }, histogram })),
    },
  ]
}

function commitsByVerdict({ verdicts }: CommandStats): Sample[] {
  const { effective, superseded, expired, premature } = verdicts
  return samplesOf("verdict", { effective, superseded, expired, premature })
}

/**
 * A command that waits for a barrier may be in an older commit whose verdict is unknown: it counts as in
 * flight, too.
 */
function openByState(commands: Commands): Sample[] {
  const inFlight = commands.inFlight()
  const { open, waitingForBarrier } = commands
  return samplesOf("state", {
    waiting: Math.max(0, open - inFlight - waitingForBarrier),
    barrier: waitingForBarrier,
    in_flight: inFlight,
  })
}
