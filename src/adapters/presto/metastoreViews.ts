import { quoteName, quoteText } from "../../lake/sql.js"
import { messageOf } from "../../lib/systemError.js"
import { isFault } from "../../ports/faults.js"
import type { Cell, EngineAnswer, SqlView, SqlViewProblem } from "../../ports/historyEngine.js"
import { PrestoProblem } from "./problem.js"

/**
 * Marks each of our views, so that no other view is replaced. It is an alias, as Presto does not keep comments in a
 * view's text, and its views have no comment or properties (0.287).
 */
const MARKER = "made_by_guildhall"

/** Presto's names of failures. */
const THERE = "ALREADY_EXISTS"
const DENIED = "PERMISSION_DENIED"

export interface MetastoreViews {
  /** The schema in the Hive metastore that holds them, and the folder that such a schema must have. */
  readonly schema: string
  readonly schemaLocation: string
  readonly views: readonly SqlView[]
  /** Runs a statement. */
  readonly ask: (sql: string) => Promise<EngineAnswer>
}

/** Creates views in the Hive metastore, or replaces those that we created. Throws what `ask` throws. */
export async function keepViews(wanted: MetastoreViews): Promise<readonly SqlViewProblem[]> {
  const { schema, schemaLocation, views, ask } = wanted
  const location = `WITH (location = ${quoteText(schemaLocation)})`
  const create = `CREATE SCHEMA IF NOT EXISTS hive.${quoteName(schema)} ${location}`
  // A user who may not create a schema may still create views in an existing one.
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
      problems.push({ name, problem: messageOf(error) })
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

/** When two landers create the same thing at once, both check first, and one comes late. */
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
