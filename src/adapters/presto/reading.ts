/** How a read-only Presto statement begins. EXPLAIN ANALYZE is left out: it runs what it explains. */
const READS = /^(select|with|values|table|show|describe|desc|explain\s+(select|with|values|table))\b/i

/** White space, comments and brackets before the first word. */
const BEFORE = /^(\s|\(|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)+/

/** Whether a statement only reads. Presto takes one statement at a time. */
export function isReading(sql: string): boolean {
  return READS.test(sql.replace(BEFORE, ""))
}

/** Presto rejects a semicolon after a statement, which all other tools accept. */
export function withoutSemicolon(sql: string): string {
  return sql.replace(/;\s*$/, "")
}
