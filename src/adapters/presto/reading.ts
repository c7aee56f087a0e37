/** What a statement of Presto begins with when it only reads. EXPLAIN ANALYZE runs what it explains. */
const READS = /^(select|with|values|table|show|describe|desc|explain\s+(select|with|values|table))\b/i

/** White space, comments and brackets before the first word. */
const BEFORE = /^(\s|\(|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)+/

/** Whether a statement only reads. Presto takes one statement at a time. */
export function isReading(sql: string): boolean {
  return READS.test(sql.replace(BEFORE, ""))
}

/** Presto takes no semicolon after a statement, as all other tools do. */
export function withoutSemicolon(sql: string): string {
  return sql.replace(/;\s*$/, "")
}
