import { isDeepStrictEqual } from "node:util"
import type { GraphqlClient } from "../../../src/client/graphqlClient.js"
import type { History } from "../../../src/history/history.js"
import { namedRows } from "../../../src/lake/namedRows.js"
import type { HistoryEngine } from "../../../src/ports/historyEngine.js"
import type { Figure } from "../../comparison/comparison.js"
import type { ReportCase } from "./cases.js"
import type { RecordingEngine } from "./recordingEngine.js"

/** One report, asked of both sides. Each throws when its answer is not the first one of the other side. */
export interface TimedReport {
  readonly figure: Figure
  throughGraphql(): Promise<void>
  straight(): Promise<void>
}

export interface Sides {
  readonly client: GraphqlClient
  readonly engine: HistoryEngine
  /** Over an engine that records the SQL. */
  readonly history: History
  readonly recorded: RecordingEngine
}

/** Asks both sides once: they must agree. */
export async function timedReport<T>(one: ReportCase<T>, sides: Sides): Promise<TimedReport> {
  const { client, engine, history, recorded } = sides
  const { name, title, decisive, query, variables } = one
  recorded.statements.length = 0
  await one.ask(history)
  const statements = [...recorded.statements]
  const { signal } = new AbortController()

  const ofGraphql = async () => {
    const { data, errors } = await client.ask<T>(query, variables)
    if (errors !== undefined || data === undefined || data === null) {
      throw new Error(`${title}: expected a report, got ${JSON.stringify(errors)}`)
    }
    return one.ofAnswer(data)
  }
  const ofEngine = async () => {
    let lines: readonly string[] = []
    for (const sql of statements) lines = one.ofRows(namedRows(await engine.query(sql, { signal })))
    return lines
  }
  const expected = [...(await ofEngine())].sort()
  const checked = async (lines: readonly string[]) => {
    if (isDeepStrictEqual([...lines].sort(), expected)) return
    throw new Error(`${title}: expected ${expected.join("; ")}, got ${lines.join("; ")}`)
  }
  if (expected.length === 0) throw new Error(`${title}: expected rows from the engine, got none`)
  await checked(await ofGraphql())
  return {
    figure: { name, heading: `${title}, ms`, label: title, better: "less", decisive },
    throughGraphql: async () => checked(await ofGraphql()),
    straight: async () => checked(await ofEngine()),
  }
}
