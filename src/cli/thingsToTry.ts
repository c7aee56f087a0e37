import { resolve } from "node:path"
import { fileURLToPath } from "node:url"
import type { Config } from "../app/config.js"
import type { ResolvedSetting } from "../app/settingReader.js"
import { exampleSword } from "./exampleSword.js"

/** The settings that are paths. */
const PATHS: ReadonlySet<string> = new Set(["DATA_DIR", "WORK_DIR", "CATALOGUE"])

const PROJECT = fileURLToPath(new URL("../../", import.meta.url))

/**
 * Command lines that run as they are in another terminal in this folder. The audit reads the log and the
 * views itself, not through this server, so it needs the same settings; secrets are named but never shown.
 */
export function thingsToTry(
  url: string,
  { settings, catalogue }: Pick<Config, "settings" | "catalogue">,
): string[] {
  const sword = exampleSword(catalogue.swords)
  const query = `mutation { buySword(input: { playerId: "alice", swordType: "${sword}" }) { purchase { id price } player { gold } } }`
  const given = settings.filter(({ from }) => from === "environment")
  const secrets = given.filter(({ isWhole }) => !isWhole).map(({ name }) => name)
  const assignments = given.filter(({ isWhole }) => isWhole).map(assignment)
  return [
    `curl -s ${url}/graphql -H 'content-type: application/json' \\`,
    `  -d '${JSON.stringify({ query })}'`,
    `${script("load")} --url ${url}/graphql --count 10000 --verify`,
    ...(secrets.length === 0 ? [] : [`# before it: export ${secrets.join(" ")} as here`]),
    [...assignments, script("guildhall"), "audit"].join(" "),
  ]
}

/** How a script is called from the current folder. */
function script(name: string): string {
  return resolve(".") === resolve(PROJECT) ? `scripts/${name}` : quoted(resolve(PROJECT, "scripts", name))
}

/** Paths are made absolute, so that they are the same from anywhere. */
function assignment({ name, value }: ResolvedSetting): string {
  return `${name}=${quoted(PATHS.has(name) ? resolve(value) : value)}`
}

/** The text as one word of the shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
