import { fileURLToPath } from "node:url"
import type { Program } from "../../comparison/program.js"

const JOB = fileURLToPath(new URL("../../peers/landing.py", import.meta.url))

/** The job of benchmarks/peers/, which keeps its rows in `purchases` below this URL. */
export function pysparkProgram(log: Readonly<Record<string, string>>, url: string): Program {
  const { SPARK_PYTHON: python, SPARK_JARS: jars } = process.env
  if (python === undefined || jars === undefined) {
    throw new Error("SPARK_PYTHON and SPARK_JARS are not set: use benchmarks/compare, which installs Spark")
  }
  const { KAFKA_BROKERS = "", KAFKA_TOPIC = "" } = log
  const args = [JOB, KAFKA_BROKERS, KAFKA_TOPIC, `${url}/purchases`, `${url}/checkpoint`]
  return { command: python, args, env: { SPARK_JARS: jars }, done: /^landed$/ }
}
