import { ConfigError, loadConfig } from "../../../src/app/config.js"

/** What is wrong with an environment; empty if nothing is. */
export function problemsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    loadConfig(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}
