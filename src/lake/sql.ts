import { Fault } from "../ports/faults.js"
import type { ColumnKind } from "../ports/parquet.js"

/** NUL ends a text in some clients, and half of a surrogate pair cannot be encoded in UTF-8. */
const NUL = "\0"
const LONE_SURROGATE = /[\ud800-\udfff]/u

/**
 * A text as an SQL literal, in DuckDB and Presto alike: the only way for a value to get into SQL (R44). A NUL is
 * concatenated, as no literal can hold it. Throws BAD_USER_INPUT for invalid Unicode: an engine would read another text.
 */
export function quoteText(text: string): string {
  if (LONE_SURROGATE.test(text)) {
    throw new Fault("BAD_USER_INPUT", "a text for SQL: expected Unicode, got half of a surrogate pair")
  }
  const parts = text.split(NUL).map(part => `'${part.replaceAll("'", "''")}'`)
  return parts.length === 1 ? parts.join("") : `(${parts.join(" || chr(0) || ")})`
}

/** A whole number as an SQL literal. Throws RangeError for any other number: a bug of the caller. */
export function quoteInteger(value: number): string {
  if (Number.isSafeInteger(value)) return String(value)
  throw new RangeError(`SQL: expected a whole number, got ${value}`)
}

/** A name as an SQL identifier. Names are ours, never a client's. */
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
