import { Command, CommanderError, InvalidArgumentError, Option } from "commander"
import { KafkaSettingsError } from "../adapters/kafka/errors.js"
import { isFolderError } from "../adapters/lmdb/folderError.js"
import { ConfigError } from "../app/config.js"
import { version } from "../app/version.js"
import { messageOf, systemCode, systemReason } from "../lib/systemError.js"
import { UserError } from "../lib/userError.js"
import { DEFAULT_MIX, type Mix, parseMix } from "../load/mix.js"
import { SUBSCRIBERS_MAX } from "../load/subscribers/audience.js"
import { isFault } from "../ports/faults.js"
import { LIMITS } from "../server/limits.js"
import { ListenError } from "../server/listen.js"
import { adviceOn } from "./advice.js"
import { audit } from "./audit.js"
import { demo } from "./demo.js"
import { doctor } from "./doctor.js"
import { land } from "./land.js"
import { load } from "./load.js"
import { EXIT, output } from "./output.js"
import { schema } from "./schema.js"
import { serve } from "./serve.js"
import { ROWS_MAX, ROWS_PRINTED, type SqlOptions, sql } from "./sql.js"
import { SQL_FORMATS } from "./sqlAnswer.js"
import { status } from "./status.js"
import { watch } from "./watch.js"

/** The address of the server at the environment's HOST and PORT. */
const HERE = "default: as HOST and PORT say"

/** Runs the command line. Sets the exit code: 0 success, 1 failed or found differences, 2 called wrongly. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  try {
    await newProgram().parseAsync([...argv])
  } catch (error) {
    process.exitCode = explain(error)
  }
}

function newProgram(): Command {
  const program = new Command("guildhall")
  program.description(
    "An event-sourced game backend. Settings come from the environment: docs/configuration.md",
  )
  program.version(version()).showHelpAfterError("see guildhall --help").exitOverride()
  const add = (name: string, description: string) =>
    program.command(name).description(description).showHelpAfterError(helpHint(name)).exitOverride()
  add("serve", "run the server: API, projector and lander, as ROLES says")
    .option("--demo", "make a small demo world first", false)
    .option("--build-pages", "build the playground in the background if it is not built yet", false)
    .addOption(new Option("--at-end <text>", "print this when it has ended").hideHelp())
    .action(run(serve))
  addLoad(add("load", "load a server with checked mutations, closed loop"))
  addWatch(add("watch", "show purchases as they happen; resumes by itself"))
  add("land", "land the log in the lake without a server, until a signal ends it")
    .option("--once", "land what the log holds now, then end", false)
    .action(run(land))
  add("audit", "check the log, and that the views and the lake match it; with or without a running server")
    .option("--json", "print JSON", false)
    .action(run(audit))
  add("status", "show the state of a running server, or of what is stored")
    .option("--url <url>", `its GraphQL address (${HERE})`, oneAddress)
    .option("--json", "print JSON", false)
    .action(run(status))
  add("doctor", "show what is configured and what is reachable, and what to do if it is not")
    .option("--json", "print JSON", false)
    .action(run(doctor))
  addSql(add("sql", "run your own query over the lake: events, sword_purchases, guild_joins, …"))
  add("demo", "make the demo world on a running server; a second run changes nothing")
    .option("--url <url>", `its GraphQL address (${HERE})`, oneAddress)
    .action(run(demo))
  add("schema", "emit schema/ from the classes and the event registry")
    .option("--check", "write nothing; fail if it is stale", false)
    .action(run(schema))
  return program
}

function helpHint(command: string): string {
  return `see guildhall ${command} --help`
}

function addLoad(command: Command): void {
  command
    .option("--url <url...>", `GraphQL addresses, used in turn (${HERE})`, addresses)
    .option("--players <n>", "how many players", positive, 200)
    .option("--concurrency <n>", "how many commands at a time", positive, 64)
    .option("--count <n>", "how many commands", whole)
    .option("--duration <time>", "for how long, such as 30s (the default without --count)", duration)
    .option("--warm-up <time>", "how long at the start is not measured", duration, 0)
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
    .option(
      "--subscribers <n>",
      `how many subscribers check what they receive during the load; at most ${SUBSCRIBERS_MAX}`,
      audience,
      0,
    )
    .option("--verify", "at the end, compare what was promised with what the servers say", false)
    .option("--journal <file>", "record what was promised in this file")
    .addOption(
      new Option("--verify-journal <file>", "run no load: verify what an earlier run recorded").conflicts(
        "subscribers",
      ),
    )
    .option("--json", "print JSON", false)
    .action(run(load))
}

function addWatch(command: Command): void {
  command
    .option("--url <url...>", `GraphQL addresses; if one is lost, the next is used (${HERE})`, addresses)
    .option("--player <id>", "only purchases by this player")
    .option("--region <region>", "only purchases in this region")
    .option("--sword <type>", "only purchases of this sword")
    .option("--guild <id>", "only purchases by players who were in this guild")
    .option("--count <n>", "end after this many purchases", positive)
    .addOption(
      new Option("--within <time>", "how long it tries to connect or reconnect")
        .argParser(duration)
        .default(60_000, "60s"),
    )
    .option("--json", "print one JSON object per line", false)
    .action(run(watch))
}

function addSql(command: Command): void {
  command
    .argument("<query>", "one statement that only reads")
    .addOption(new Option("--format <format>", "how to print").choices(SQL_FORMATS).default("table"))
    .addOption(
      new Option("--limit <rows>", `how many rows to print, at most ${ROWS_MAX}`)
        .argParser(rowLimit)
        .default(ROWS_PRINTED),
    )
    .action(async (query: string, options: SqlOptions) => {
      process.exitCode = await sql(query, options)
    })
}

/** Runs a command; its exit code becomes the process's. */
function run<O>(command: (options: O) => Promise<number>): (options: O) => Promise<void> {
  return async options => {
    process.exitCode = await command(options)
  }
}

/** Reports what went wrong, a bug with its stack. Returns the exit code. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  if (error instanceof ConfigError) {
    output.note(error.message)
    return EXIT.usage
  }
  const known =
    systemCode(error) !== undefined ||
    isFault(error) ||
    isFolderError(error) ||
    error instanceof ListenError ||
    error instanceof KafkaSettingsError ||
    error instanceof UserError
  if (known) output.note(systemReason(error))
  else output.note(error instanceof Error ? (error.stack ?? error.message) : String(error))
  const advice = adviceOn(error)
  if (advice !== null) output.note(advice)
  return EXIT.failed
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("expected a whole number")
  return Number(text)
}

/** Short enough that the ids and keys made from it fit their 64 characters. */
function prefix(text: string): string {
  const expected = "expected 1 to 24 characters A-Z a-z 0-9 . _ - that begin with a letter or digit"
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,23}$/.test(text)) throw new InvalidArgumentError(expected)
  return text
}

/** A GraphQL address; a server's bare address stands for its `/graphql`. */
function oneAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError("expected http://host:port/graphql")
  }
  return url.pathname === "/" ? new URL("/graphql", url).href : text
}

/** GraphQL addresses, given one after the other. */
function addresses(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, oneAddress(text)]
}

/** At least 1. */
function positive(text: string): number {
  const number = whole(text)
  if (number === 0) throw new InvalidArgumentError("expected a whole number above 0")
  return number
}

function rowLimit(text: string): number {
  const number = positive(text)
  if (number <= ROWS_MAX) return number
  throw new InvalidArgumentError(`expected at most ${ROWS_MAX}: for exports see docs/lake.md`)
}

function audience(text: string): number {
  const number = whole(text)
  if (number <= SUBSCRIBERS_MAX) return number
  const { socketsPerAddress, operationsPerSocket } = LIMITS
  const why = `${socketsPerAddress} sockets per address with ${operationsPerSocket} subscriptions each`
  throw new InvalidArgumentError(`expected at most ${SUBSCRIBERS_MAX}: a server accepts ${why}`)
}

/** In milliseconds. */
function duration(text: string): number {
  const [, count, unit] = /^(\d{1,7})(ms|s|m)$/.exec(text) ?? []
  if (count === undefined) throw new InvalidArgumentError("expected a duration such as 500ms, 30s or 2m")
  return Number(count) * (unit === "ms" ? 1 : unit === "s" ? 1000 : 60_000)
}

function mix(text: string): Mix {
  try {
    return parseMix(text)
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error))
  }
}
