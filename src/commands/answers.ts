import { type CommandName, commandTypes } from "../domain/commands.js"
import { counter, histogram } from "../lib/metrics.js"
import { isFault } from "../ports/faults.js"
import type { CommandResult } from "./pendingCommand.js"

const COMMANDS = Object.keys(commandTypes)

/** How the commands of this process were answered, and how fast. */
export class Answers {
  /** The `code` is empty unless the command was refused or failed. */
  readonly total = counter(
    "guildhall_commands_total",
    "Commands that this process answered, by outcome (effective, replayed, refused, fault) and code.",
    ["command", "outcome", "code"],
    COMMANDS.flatMap(command => ["effective", "replayed"].map(outcome => ({ command, outcome, code: "" }))),
  )
  readonly latency = histogram(
    "guildhall_command_duration_seconds",
    "Time from a command's arrival to its answer, whatever the answer was.",
    ["command"],
    COMMANDS.map(command => ({ command })),
  )

  done(command: CommandName, { refusal, replayed }: CommandResult, tookMs: number): void {
    if (refusal !== null) this.#count(command, "refused", refusal.code, tookMs)
    else this.#count(command, replayed ? "replayed" : "effective", "", tookMs)
  }

  failed(command: CommandName, error: unknown, tookMs: number): void {
    this.#count(command, "fault", isFault(error) ? error.code : "INTERNAL_SERVER_ERROR", tookMs)
  }

  #count(command: CommandName, outcome: string, code: string, tookMs: number): void {
    if (!Object.hasOwn(commandTypes, command)) return
    this.total.inc({ command, outcome, code })
    this.latency.observe({ command }, tookMs / 1000)
  }
}
