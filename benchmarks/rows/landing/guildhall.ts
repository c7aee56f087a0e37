import { fileURLToPath } from "node:url"
import type { Program } from "../../comparison/program.js"

const MAIN = fileURLToPath(new URL("../../../dist/main.js", import.meta.url))

/** The shipped lander: it lands all there is, and ends. */
export function landOnce(settings: Readonly<Record<string, string>>): Program {
  const env = { ...settings, LOG_LEVEL: "warn", NODE_ENV: "production" }
  return { command: process.execPath, args: [MAIN, "land", "--once"], env, done: /^landed to offset/ }
}
