import { quoteText } from "../../lake/sql.js"

/**
 * A path as an argument of a DuckDB function that reads files, in which some characters would form a pattern. In a
 * pattern a backslash means a slash, so it becomes "any one character": then other files may match as well.
 */
export function pathPattern(path: string): string {
  return quoteText(path.replace(/[[*?]/g, one => `[${one}]`).replaceAll("\\", "?"))
}
