import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const run = promisify(execFile)
const QUERY = fileURLToPath(new URL("../../../stack/presto/query", import.meta.url))
const QUERY_WITHIN_MS = 60_000
const OUTPUT_MAX = 10_000_000

export type PrestoRow = readonly (string | number | boolean | null)[]

/** The address of the stack's Presto. Throws when there is none: a stack test is never skipped. */
export function stackPresto(): string {
  const url = process.env.PRESTO_URL
  if (url !== undefined && url !== "") return url
  throw new Error("PRESTO_URL is not set: run scripts/test --stack, or scripts/stack up and set it")
}

/** As an analyst asks it by curl: rows as lists. Throws what Presto says of a query that failed. */
export async function askPresto(sql: string): Promise<PrestoRow[]> {
  const { stdout } = await run(QUERY, [new URL(stackPresto()).port, sql], {
    timeout: QUERY_WITHIN_MS,
    maxBuffer: OUTPUT_MAX,
  })
  const pages = stdout.split("\n").filter(line => line !== "")
  return pages.flatMap(page => JSON.parse(page) as PrestoRow[])
}
