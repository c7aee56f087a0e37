import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const run = promisify(execFile)
const script = fileURLToPath(new URL("readers.py", import.meta.url))

/** How long Python may take. */
const WITHIN_MS = 60_000
const OUTPUT_MAX = 10_000_000

/** What `read` tells of the table. */
export interface ReadTable {
  readonly version: number
  /** Of the realm's `txn`; null for none. */
  readonly transaction: number | null
  readonly files: number
  readonly columns: readonly string[]
  /** The newest first. */
  readonly history: readonly { readonly version: number; readonly operation: string; readonly by: string }[]
  readonly deltalake: {
    readonly sums: object
    readonly rows: readonly Readonly<Record<string, unknown>>[]
    readonly dear: readonly string[]
  }
  readonly duckdb: { readonly sums: object }
}

export function readTable(table: string, appId: string): Promise<ReadTable> {
  return runReader(["read", table, appId]) as Promise<ReadTable>
}

/** Runs a command of readers.py. */
export async function runReader(args: readonly string[]): Promise<unknown> {
  const python = process.env.PYTHON
  if (python === undefined) throw new Error("PYTHON is not set: run scripts/test --stack")
  const { stdout } = await run(python, [script, ...args], { timeout: WITHIN_MS, maxBuffer: OUTPUT_MAX })
  return JSON.parse(stdout) as unknown
}
