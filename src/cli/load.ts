import { graphqlUrl } from "../app/config.js"
import { GraphqlClient } from "../client/graphqlClient.js"
import { isGood, type RunOptions, runLoad, verifyJournal } from "../load/run.js"
import { Stop } from "../load/stop.js"
import { EndSignals } from "./ending.js"
import { printResult } from "./loadReport.js"
import { EXIT, output } from "./output.js"
import { progressBar } from "./progress.js"

export interface LoadOptions extends RunOptions {
  /** Default: the server at the environment's HOST and PORT. */
  readonly url?: readonly string[]
  readonly verifyJournal?: string
  readonly json: boolean
}

/**
 * Runs a load, or verifies the journal of an earlier one, and prints the result. Returns the exit code: 1 if
 * an answer was wrong, a command got none, a subscriber missed or doubled something, or the servers' final
 * state is not what was promised. The first signal lets what is in flight finish, the second ends the
 * process.
 */
export async function load(options: LoadOptions): Promise<number> {
  const { url: urls = [graphqlUrl(process.env)], json } = options
  const clients = urls.map(url => new GraphqlClient(url, options.concurrency))
  const stop = new Stop()
  const signals = new EndSignals(() => stop.stop(), { isBounded: false })
  try {
    await noteUnreachable(clients, options.within)
    const result =
      options.verifyJournal === undefined
        ? await runLoad(options, { clients, stop, progress: progressBar("load", !json) })
        : await verifyJournal(options.verifyJournal, options, { clients, stop })
    printResult(result, json)
    return isGood(result) ? EXIT.ok : EXIT.failed
  } finally {
    signals.forget()
    await Promise.all(clients.map(client => client.close()))
  }
}

/** Otherwise a server that was not started would show only when the first command is given up. */
async function noteUnreachable(clients: readonly GraphqlClient[], withinMs: number): Promise<void> {
  const ask = (client: GraphqlClient) =>
    client.ask("{ status { ready } }").catch((error: Error) => {
      output.note(`${error.message}; retrying for ${withinMs / 1000} s`)
    })
  await Promise.all(clients.map(ask))
}
