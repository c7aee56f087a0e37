import jsonBigint from "json-bigint"
import { isRecord } from "../../lib/json.js"
import { PrestoProblem, type QueryFailure } from "./problem.js"

export interface PrestoColumn {
  readonly name: string
  readonly type: string
}

/** One answer of the statement protocol: a part of a query's result, and the address of the next part. */
export interface ResultPage {
  /** Null for the last page. */
  readonly next: URL | null
  /** Null until the columns are known. */
  readonly columns: readonly PrestoColumn[] | null
  readonly rows: readonly (readonly unknown[])[]
  readonly failure: QueryFailure | null
}

/** Whole numbers beyond 2^53 become texts, so that none is rounded. */
const json = jsonBigint({ storeAsString: true })

/** Throws PrestoProblem for anything that is not an answer from Presto. */
export function parsePage(text: string): ResultPage {
  const answer = parsed(text)
  if (!isRecord(answer) || typeof answer.id !== "string") throw notPresto(text)
  const { nextUri, columns, data, error } = answer
  if (typeof nextUri === "string" && !URL.canParse(nextUri)) throw notPresto(text)
  return {
    next: typeof nextUri === "string" ? new URL(nextUri) : null,
    columns: Array.isArray(columns) ? columns.filter(isColumn) : null,
    rows: Array.isArray(data) ? data.filter(Array.isArray) : [],
    failure: isRecord(error) ? failureOf(error) : null,
  }
}

function parsed(text: string): unknown {
  try {
    return json.parse(text)
  } catch {
    return undefined
  }
}

function notPresto(text: string): PrestoProblem {
  const start = JSON.stringify(text.slice(0, 60))
  return new PrestoProblem(`expected an answer of Presto's statement protocol, got ${start}: is this Presto?`)
}

function failureOf({
  message,
  errorName,
  errorType,
  failureInfo,
}: Readonly<Record<string, unknown>>): QueryFailure {
  const cause = rootCause(failureInfo)
  const text = String(message)
  return {
    message: cause === null || text.includes(cause) ? text : `${text}: ${cause}`,
    name: String(errorName),
    type: String(errorType),
  }
}

/** The message of the innermost cause: for an unreachable metastore, that the connection was refused. */
function rootCause(info: unknown): string | null {
  if (!isRecord(info)) return null
  return rootCause(info.cause) ?? (typeof info.message === "string" ? info.message : null)
}

function isColumn(value: unknown): value is PrestoColumn {
  return isRecord(value) && typeof value.name === "string" && typeof value.type === "string"
}
