import { type Config, loadConfig } from "../app/config.js"
import { output } from "./output.js"

/**
 * The configuration from this process's environment. Reports names that look like typos. Throws ConfigError.
 */
export function readSettings(): Config {
  const config = loadConfig(process.env)
  for (const doubt of config.doubts) output.note(doubt)
  return config
}
