import { type Command, InvalidArgumentError, Option } from "commander"
import { messageOf } from "../lib/systemError.js"
import { inFlightMax } from "../load/clients.js"
import { DEFAULT_MIX, type Mix, parseMix } from "../load/mix.js"
import { TRANSPORTS } from "../load/options.js"
import { partsOf } from "../load/processes/generators.js"
import { SUBSCRIBERS_MAX } from "../load/subscribers/audience.js"
import { LIMITS } from "../server/limits.js"
import { addresses, duration, HERE, positive, run, whole } from "./arguments.js"
import { load } from "./load.js"
import type { LoadOptions } from "./loadOptions.js"

/** The steepest Zipf law that is accepted: there, the first player has 99.9 % of all commands. */
const ZIPF_MAX = 10

/** Gives `guildhall load` its options. */
export function addLoad(command: Command): void {
  addAmounts(command)
  addChecks(command)
  command.option("--json", "print JSON", false).action(async (options: LoadOptions) => {
    const problem = problemOf(options)
    if (problem !== null) command.error(`error: ${problem}`)
    await run(load)(options)
  })
}

/** What is sent, and how. */
function addAmounts(command: Command): void {
  command
    .option("--url <url...>", `GraphQL addresses, used in turn (${HERE})`, addresses)
    .option("--players <n>", "how many players", positive, 200)
    .option("--zipf <s>", "choose players by a Zipf law with this exponent; 0: all alike", exponent, 0)
    .option("--concurrency <n>", "how many commands at a time; with --rate, the most in flight", positive, 64)
    .option(
      "--rate <n>",
      "open loop: how many commands are due in a second; latency counts from then",
      positive,
    )
    .option("--count <n>", "how many commands", whole)
    .option("--duration <time>", "for how long, such as 30s (the default without --count)", duration)
    .option("--warm-up <time>", "how long at the start is not measured", duration, 0)
    .option("--processes <n>", "how many processes generate the load, each with a part of it", positive, 1)
    .addOption(
      new Option("--transport <transport>", "how commands are sent").choices(TRANSPORTS).default("http"),
    )
    .option("--seed <n>", "the same seed makes the same choices", whole, 1)
    .addOption(
      new Option("--mix <mix>", "the commands' weights")
        .argParser(mix)
        .default(parseMix(DEFAULT_MIX), DEFAULT_MIX),
    )
    .addOption(
      new Option("--within <time>", "how long to retry one command; below half of KEY_RETENTION")
        .argParser(duration)
        .default(60_000, "60s"),
    )
    .option(
      "--prefix <text>",
      "prefix of the players' ids, with the seed; for one run at a time",
      prefix,
      "load",
    )
    .option("--run-id <id>", "prefix of the keys; each run needs its own (default: random)", prefix)
}

/** What is compared, recorded and written. */
function addChecks(command: Command): void {
  command
    .option(
      "--subscribers <n>",
      `how many subscribers check what they receive during the load; at most ${SUBSCRIBERS_MAX}`,
      audience,
      0,
    )
    .option("--verify", "at the end, compare what was promised with what the servers say", false)
    .option("--journal <file>", "record what was promised in this file")
    .addOption(
      new Option("--verify-journal <file>", "run no load: verify what an earlier run recorded").conflicts([
        "subscribers",
        "rate",
        "processes",
        "transport",
        "html",
      ]),
    )
    .option("--html <file>", "write a page about the run: latency and throughput over time, percentiles")
}

/** What does not go together, or null. */
function problemOf(options: LoadOptions): string | null {
  const { processes, players, concurrency, journal, subscribers, transport } = options
  if (processes > 1 && journal !== undefined) {
    return "--journal cannot be used with --processes: a journal is written by one process"
  }
  if (processes > 1 && subscribers > 0) {
    return "--subscribers cannot be used with --processes: each knows only the answers of its own process"
  }
  if (processes > Math.min(players, concurrency)) {
    return `--processes: expected at most --players (${players}) and --concurrency (${concurrency}), got ${processes}`
  }
  if (transport !== "websocket") return null
  for (const part of partsOf(options, processes)) {
    const most = inFlightMax(part)
    if (part.concurrency > most) {
      const why = `a server accepts ${LIMITS.socketsPerAddress} sockets per address with ${LIMITS.operationsPerSocket} operations each`
      return `--transport websocket: expected at most ${most} commands at a time in a process, got ${part.concurrency}: ${why}`
    }
  }
  return null
}

function audience(text: string): number {
  const number = whole(text)
  if (number <= SUBSCRIBERS_MAX) return number
  const { socketsPerAddress, operationsPerSocket } = LIMITS
  const why = `${socketsPerAddress} sockets per address with ${operationsPerSocket} subscriptions each`
  throw new InvalidArgumentError(`expected at most ${SUBSCRIBERS_MAX}: a server accepts ${why}`)
}

/** Short enough that the ids and keys made from it fit their 64 characters. */
function prefix(text: string): string {
  const expected = "expected 1 to 24 characters A-Z a-z 0-9 . _ - that begin with a letter or digit"
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,23}$/.test(text)) throw new InvalidArgumentError(expected)
  return text
}

/** Of a Zipf law. */
function exponent(text: string): number {
  const number = Number(text)
  if (/^\d+(\.\d+)?$/.test(text) && number <= ZIPF_MAX) return number
  throw new InvalidArgumentError(`expected a number from 0 to ${ZIPF_MAX}, such as 1.5`)
}

function mix(text: string): Mix {
  try {
    return parseMix(text)
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error))
  }
}
