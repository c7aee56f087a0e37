import { Command, CommanderError, Option } from "commander"
import { KafkaSettingsError } from "../adapters/kafka/errors.js"
import { isFolderError } from "../adapters/lmdb/folderError.js"
import { ConfigError } from "../app/config.js"
import { version } from "../app/version.js"
import { systemCode, systemReason } from "../lib/systemError.js"
import { UserError } from "../lib/userError.js"
import { isFault } from "../ports/faults.js"
import { ListenError } from "../server/listen.js"
import { adviceOn } from "./advice.js"
import { addresses, duration, HERE, oneAddress, positive, rowLimit, run } from "./arguments.js"
import { audit } from "./audit.js"
import { demo } from "./demo.js"
import { doctor } from "./doctor.js"
import { type AddDocumentsOptions, addDocuments } from "./documents.js"
import { land } from "./land.js"
import { addLoad } from "./loadCommand.js"
import { EXIT, output } from "./output.js"
import { schema } from "./schema.js"
import { serve } from "./serve.js"
import { ROWS_MAX, ROWS_PRINTED, type SqlOptions, sql } from "./sql.js"
import { SQL_FORMATS } from "./sqlAnswer.js"
import { status } from "./status.js"
import { watch } from "./watch.js"

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
  addLoad(add("load", "load a server with checked mutations"))
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
  addDocumentsCommand(add("documents", "register the documents of a game's clients"))
  add("schema", "emit schema/ from the classes and the event registry")
    .option("--check", "write nothing; fail if it is stale", false)
    .action(run(schema))
  return program
}

function helpHint(command: string): string {
  return `see guildhall ${command} --help`
}

function addDocumentsCommand(command: Command): void {
  command
    .command("add")
    .description("add the documents of a folder: files *.graphql, or a manifest of GraphQL Code Generator")
    .argument("<folder>", "where they are")
    .option("--to <file>", "the file to add them to (default: the setting DOCUMENTS)")
    .showHelpAfterError(helpHint("documents add"))
    .exitOverride()
    .action(async (folder: string, options: AddDocumentsOptions) => {
      process.exitCode = await addDocuments(folder, options)
    })
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
