import { quoteName, quoteText } from "../../lake/sql.js"
import { isFault } from "../../ports/faults.js"
import type { Cell, EngineAnswer, SqlView, SqlViewProblem } from "../../ports/historyEngine.js"
import { PrestoProblem } from "./problem.js"

/**
 * Stands in each of our views, so that no other is replaced. It is a name, as Presto keeps no comment of a view's text,
 * and its views have no comment or properties of their own (0.287).
 */
const MARKER = "made_by_guildhall"

/** Failures by the names that Presto gives them. */
const THERE = "ALREADY_EXISTS"
const DENIED = "PERMISSION_DENIED"

export interface MetastoreViews {
  /** The schema of the Hive metastore that holds them, and the folder that a schema there must have. */
  readonly schema: string
  readonly schemaLocation: string
  readonly views: readonly SqlView[]
  /** Runs a statement. */
  readonly ask: (sql: string) => Promise<EngineAnswer>
}

/** Makes views in the Hive metastore, or replaces those that we made. Throws what `ask` throws. */
export async function keepViews(wanted: MetastoreViews): Promise<readonly SqlViewProblem[]> {
  const { schema, schemaLocation, views, ask } = wanted
  const location = `WITH (location = ${quoteText(schemaLocation)})`
  const create = `CREATE SCHEMA IF NOT EXISTS hive.${quoteName(schema)} ${location}`
  // A user who may not make a schema may still make views in an existing one.
  await tolerating([THERE, DENIED], ask(create))
  const taken = await othersIn(wanted)
  const problems: SqlViewProblem[] = []
  for (const { name, select } of views) {
    const place = `hive.${quoteName(schema)}.${quoteName(name)}`
    const other = taken.get(name)
    if (other !== undefined) {
      problems.push({ name, problem: `${other} has the name ${place}; it stays as it is` })
      continue
    }
    const text = `SELECT * FROM (${select}) AS ${quoteName(MARKER)}`
    try {
      await tolerating([THERE], ask(`CREATE OR REPLACE VIEW ${place} AS ${text}`))
    } catch (error) {
      if (!isFault(error, "BAD_USER_INPUT") && failureOf(error) !== DENIED) throw error
      problems.push({ name, problem: error instanceof Error ? error.message : String(error) })
    }
  }
  return problems
}

/** Tables and views that are not ours, by name. */
async function othersIn({ schema, ask }: MetastoreViews): Promise<ReadonlyMap<Cell, string>> {
  const { rows } = await ask(
    `SELECT t."table_name", v."view_definition"
    FROM hive."information_schema"."tables" AS t
    LEFT JOIN hive."information_schema"."views" AS v
      ON v."table_schema" = t."table_schema" AND v."table_name" = t."table_name"
    WHERE t."table_schema" = ${quoteText(schema)}`,
  )
  const others = rows.filter(([, text]) => typeof text !== "string" || !text.includes(MARKER))
  return new Map(
    others.map(([name = null, text]) => [name, text === null ? "a table" : "somebody else's view"]),
  )
}

/** Two landers that make the same at the same moment both look first, and one is late. */
async function tolerating(failures: readonly string[], asked: Promise<unknown>): Promise<void> {
  try {
    await asked
  } catch (error) {
    if (!failures.includes(failureOf(error) ?? "")) throw error
  }
}

function failureOf(error: unknown): string | null {
  return isFault(error) && error.cause instanceof PrestoProblem ? error.cause.failure : null
}
