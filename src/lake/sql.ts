import { Fault } from "../ports/faults.js"
import type { ColumnKind } from "../ports/parquet.js"

/** NUL ends a text in some clients, and half of a surrogate pair has no UTF-8. */
const NUL = "\0"
const LONE_SURROGATE = /[\ud800-\udfff]/u

/**
 * A text as a literal of SQL, in DuckDB and Presto alike: the one way by which a value comes into SQL (R44). A NUL is put
 * together, as no literal holds it. Throws BAD_USER_INPUT for a text that is no Unicode: an engine would read another.
 */
export function quoteText(text: string): string {
  if (LONE_SURROGATE.test(text)) {
    throw new Fault("BAD_USER_INPUT", "a text for SQL: expected Unicode, got half of a surrogate pair")
  }
  const parts = text.split(NUL).map(part => `'${part.replaceAll("'", "''")}'`)
  return parts.length === 1 ? parts.join("") : `(${parts.join(" || chr(0) || ")})`
}

/** A whole number as a literal of SQL. Throws RangeError for any other: it is the caller's bug. */
export function quoteInteger(value: number): string {
  if (Number.isSafeInteger(value)) return String(value)
  throw new RangeError(`SQL: expected a whole number, got ${value}`)
}

/** A name as an identifier of SQL. Names are ours, never a client's. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** The kinds of columns as SQL types: names that DuckDB and Presto share. */
export const sqlTypes: Readonly<Record<ColumnKind, string>> = {
  text: "VARCHAR",
  integer: "INTEGER",
  gold: "BIGINT",
  long: "BIGINT",
  flag: "BOOLEAN",
  time: "TIMESTAMP WITH TIME ZONE",
}
