import { type Config, loadConfig } from "../app/config.js"
import { output } from "./output.js"

/** The configuration of this process's environment; names that look like slips are reported. Throws ConfigError. */
export function readSettings(): Config {
  const config = loadConfig(process.env)
  for (const doubt of config.doubts) output.note(doubt)
  return config
}
