import { graphqlUrl } from "../app/config.js"
import { engineNames, type LakeEngines } from "../app/engines.js"
import { checkpointOf, withLake, withStorage } from "../app/storage.js"
import { GraphqlClient } from "../client/graphqlClient.js"
import { DeltaTable } from "../lake/delta/table.js"
import { EVENTS_FOLDER, landedOf } from "../lake/realmTable.js"
import { parseJson } from "../lib/json.js"
import type { Genesis } from "../log/commit.js"
import { isFault } from "../ports/faults.js"
import type { Status } from "../resolvers/types/status.js"
import { EXIT, output } from "./output.js"
import { readSettings } from "./settings.js"

export interface StatusOptions {
  /** Default: the server at the environment's HOST and PORT. */
  readonly url?: string
  readonly json: boolean
}

/** How long /readyz may take. */
export const READY_MS = 3000

/** Offsets are exclusive; `landed` is null if the lake cannot be read. */
interface StatusFigures extends Omit<Status, "tail" | "projected"> {
  /** How far the server has read; null without a server. */
  readonly tail: number | null
  /** Null if there are no views. */
  readonly projected: number | null
}

const STATUS =
  "{ status { realm logId head tail projected landed engines { log views lake history } ready } }"

/**
 * Prints the state of a running server; if none answers, that of the log and the views that the environment
 * configures. Returns the exit code: 1 if no server answers, or it is not ready.
 */
export async function status({ url = graphqlUrl(process.env), json }: StatusOptions): Promise<number> {
  const answer = await ask(url)
  if (!(answer instanceof Error)) {
    const { reasons, degraded } = await readiness(url)
    print({ ...answer, answeredBy: "server", reasons: answer.ready ? "" : reasons, degraded }, json)
    return answer.ready ? EXIT.ok : EXIT.failed
  }
  output.note(answer.message)
  output.note("Is it running? Start it with scripts/start; `guildhall doctor` shows what else may be wrong.")
  print({ ...(await readStorage()), answeredBy: "storage", reasons: "", degraded: [] }, json)
  return EXIT.failed
}

async function ask(url: string): Promise<StatusFigures | Error> {
  const client = new GraphqlClient(url)
  try {
    const { data, errors } = await client.ask<{ readonly status: StatusFigures }>(STATUS)
    return data?.status ?? new Error(`${url}: ${errors?.[0]?.message ?? "no data"}`)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  } finally {
    await client.close()
  }
}

/** Throws what opening the log and the views throws. */
async function readStorage(): Promise<StatusFigures> {
  const config = readSettings()
  return withStorage(config, async storage => {
    const { realm, logId } = storage.genesis
    const { head } = await storage.log.bounds()
    const projected = (await checkpointOf(storage))?.offset ?? null
    const landed = await withLake(config, lake => landedIn(lake, storage.genesis))
    return {
      realm,
      logId,
      head,
      tail: null,
      projected,
      landed,
      engines: engineNames(config),
      ready: false,
    }
  })
}

/** Null if the lake cannot be read or belongs to another log; `doctor` says why. */
async function landedIn({ lake, checkpoints }: LakeEngines, genesis: Genesis): Promise<number | null> {
  const table = new DeltaTable(lake, checkpoints, EVENTS_FOLDER)
  try {
    await table.refresh()
    return landedOf(table.snapshot, genesis)
  } catch (error) {
    if (isFault(error)) return null
    throw error
  }
}

interface Readiness {
  /** The answer of /readyz, truncated. */
  readonly reasons: string
  readonly degraded: readonly string[]
}

async function readiness(url: string): Promise<Readiness> {
  try {
    const answer = await fetch(new URL("/readyz", url), { signal: AbortSignal.timeout(READY_MS) })
    const text = await answer.text()
    const answered = parseJson(text) as Partial<Readiness> | null | undefined
    return { reasons: text.slice(0, 500), degraded: answered?.degraded ?? [] }
  } catch (error) {
    return { reasons: String(error), degraded: [] }
  }
}

interface StatusReport extends StatusFigures {
  readonly answeredBy: "server" | "storage"
  /** Why it is not ready, as /readyz says it; empty if it is ready, or without a server. */
  readonly reasons: string
  /** What is wrong although it is ready, such as the lake. */
  readonly degraded: readonly string[]
}

function print(report: StatusReport, json: boolean): void {
  if (json) {
    output.json(report)
    return
  }
  const { realm, logId, head, tail, projected, landed, engines } = report
  const { ready, answeredBy, reasons, degraded } = report
  const state = answeredBy === "storage" ? "no server" : ready ? "ready" : "NOT READY"
  output.line(`realm ${realm}, log ${logId}, ${state}`)
  output.line(
    `offsets   head ${head}, tail ${tail ?? "-"}, projected ${projected ?? "-"}, landed ${landed ?? "-"}`,
  )
  output.line(
    `engines   log ${engines.log}, views ${engines.views}, lake ${engines.lake}, history ${engines.history}`,
  )
  if (reasons !== "") output.line(`not ready ${reasons}`)
  for (const one of degraded) output.line(`degraded  ${one}`)
}
