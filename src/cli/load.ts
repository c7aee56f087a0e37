import { graphqlUrl } from "../app/config.js"
import type { GraphqlAsker } from "../client/graphqlClient.js"
import { type LoadClients, openClients } from "../load/clients.js"
import { runGenerators, type StartGenerator, startGenerator } from "../load/processes/generators.js"
import { isGood, type LoadResult } from "../load/result.js"
import { type RunParts, runLoad, verifyJournal } from "../load/run.js"
import { Stop } from "../load/stop.js"
import { EndSignals } from "./ending.js"
import type { LoadOptions } from "./loadOptions.js"
import { assertWritable, writePage } from "./loadPage.js"
import { printResult } from "./loadReport.js"
import { EXIT, output } from "./output.js"
import { progressBar } from "./progress.js"

/**
 * Runs a load, or verifies the journal of an earlier one, and prints the result. Returns the exit code: 1 if
 * an answer was wrong, a command got none, a subscriber missed or doubled something, a process died, or the
 * servers' final state is not what was promised. The first signal lets what is in flight finish, the second
 * ends the process.
 */
export async function load(options: LoadOptions, start: StartGenerator = startGenerator): Promise<number> {
  const { url: urls = [graphqlUrl(process.env)], html } = options
  if (html !== undefined) await assertWritable(html)
  const clients = openClients(urls, options)
  const stop = new Stop()
  const signals = new EndSignals(() => stop.stop(), { isBounded: false })
  try {
    await noteUnreachable(clients, options.within)
    const result = await run(options, { urls, clients, stop, start })
    printResult(result, options.json)
    if (html !== undefined) await writePage(html, result, { urls, options })
    return isGood(result) ? EXIT.ok : EXIT.failed
  } finally {
    signals.forget()
    await clients.close()
  }
}

interface Parts extends Pick<RunParts, "clients" | "stop"> {
  readonly urls: readonly string[]
  readonly start: StartGenerator
}

function run(options: LoadOptions, { urls, clients, stop, start }: Parts): Promise<LoadResult> {
  const { verifyJournal: journal, processes, json } = options
  if (journal !== undefined) return verifyJournal(journal, options, { clients, stop })
  const progress = progressBar("load", !json)
  if (processes === 1) return runLoad(options, { clients, stop, progress })
  return runGenerators(options, processes, { urls, stop, progress, start })
}

/** Otherwise a server that was not started would show only when the first command is given up. */
async function noteUnreachable({ reading }: LoadClients, withinMs: number): Promise<void> {
  const ask = (client: GraphqlAsker) =>
    client.ask("{ status { ready } }").catch((error: Error) => {
      output.note(`${error.message}; retrying for ${withinMs / 1000} s`)
    })
  await Promise.all(reading.map(ask))
}
