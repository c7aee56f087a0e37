import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"

const SPARK = fileURLToPath(new URL("../../../spark", import.meta.url))
/** A start of Spark takes a quarter of a minute, on a busy machine several times as long. */
const WITHIN_MS = 280_000
const OUTPUT_MAX = 10_000_000

export interface SparkRun {
  /** Null: killed by a signal. */
  readonly code: number | null
  readonly output: string
}

/** Runs a Python program with Spark to its end, as scripts/spark does: `["-m", "guildhall_spark", "land"]`. */
export function runSpark(
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
  input = "",
): Promise<SparkRun> {
  const python = process.env.SPARK_PYTHON
  if (python === undefined) throw new Error("SPARK_PYTHON is not set: run scripts/test --stack")
  const env = { ...process.env, PYTHONPATH: SPARK, ...settings }
  return new Promise(resolve => {
    const child = execFile(
      python,
      args,
      { env, cwd: SPARK, timeout: WITHIN_MS, maxBuffer: OUTPUT_MAX },
      (_, stdout, stderr) => {
        resolve({ code: child.exitCode, output: stdout + stderr })
      },
    )
    child.stdin?.end(input)
  })
}
