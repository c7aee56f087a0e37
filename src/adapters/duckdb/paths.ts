import { quoteText } from "../../ports/sql.js"

/**
 * A path as an argument of a function of DuckDB that reads files: it would take some of its signs for a pattern. As it
 * reads a backslash in a pattern as a slash, that becomes any one sign: then other files may be found besides.
 */
export function pathPattern(path: string): string {
  return quoteText(path.replace(/[[*?]/g, one => `[${one}]`).replaceAll("\\", "?"))
}
