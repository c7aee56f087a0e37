import { counterOf, gauge, type Metric } from "../lib/metrics.js"
import type { Commands } from "./commands.js"

/** Metrics of this process's commands and of their commits. */
export function commandMetrics(commands: Commands): Metric[] {
  const { answers, stats } = commands
  return [
    answers.total,
    answers.latency,
    gauge(
      "guildhall_commands_open",
      "Commands not answered yet: waiting in their queues or for a barrier, or in flight in a commit.",
      () => openByState(commands),
      "state",
    ),
    counterOf(
      "guildhall_barriers_total",
      "Barriers: how often the log answered with its head, so that refusals rest on everything in it.",
      () => stats.barriers,
    ),
    counterOf(
      "guildhall_barrier_waits_total",
      "Refusals that waited for a barrier; one barrier serves all that wait.",
      () => stats.barrierWaits,
    ),
    counterOf(
      "guildhall_commits_total",
      "Commits of this process whose verdict was read; all verdicts but effective are void.",
      () => commitsByVerdict(commands),
      "verdict",
    ),
    gauge(
      "guildhall_commits_in_flight",
      "Commits of this process whose verdict is not read yet.",
      () => commands.commitsInFlight,
    ),
    counterOf(
      "guildhall_command_retries_total",
      "How often a command had to be decided again because its commit was void.",
      () => stats.retries,
    ),
    stats.appends,
  ]
}

function commitsByVerdict({ stats }: Commands) {
  const { effective, superseded, expired, premature } = stats.verdicts
  return { effective, superseded, expired, premature }
}

/** One at a barrier that is in an older commit, whose verdict is unknown, counts as in flight too. */
function openByState(commands: Commands) {
  const inFlight = commands.inFlight()
  const { open, waitingForBarrier: barrier } = commands
  return { waiting: Math.max(0, open - inFlight - barrier), barrier, in_flight: inFlight }
}
