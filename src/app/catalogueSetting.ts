import { builtInCatalogue, type Catalogue } from "../domain/catalogue.js"
import { parseCatalogue } from "../domain/catalogueFile.js"
import { readJsonFile } from "./jsonFile.js"
import type { SettingReader } from "./settingReader.js"

/** How many mistakes of a file are shown. */
const SHOWN_MAX = 20

/** Reads the setting, and the file that it names, once. A server that runs does not notice a change of it. */
export function catalogue(reader: SettingReader): Catalogue {
  const path = reader.text("CATALOGUE", "", "a JSON file of swords and monsters; empty: the built-in ones")
  if (path === "") return builtInCatalogue
  const file = readJsonFile(path)
  if ("problem" in file) {
    reader.problems.push(`CATALOGUE: ${file.problem}`)
    return builtInCatalogue
  }
  const parsed = parseCatalogue(file.json)
  if (parsed.ok) return parsed.value
  const lines = parsed.problems.map(
    ({ field, expected, got }) => `${field}: expected ${expected}, got ${got}`,
  )
  const more = lines.length - SHOWN_MAX
  const shown = more > 0 ? [...lines.slice(0, SHOWN_MAX), `and ${more} more`] : lines
  reader.problems.push(...shown.map(line => `CATALOGUE: ${line}`))
  return builtInCatalogue
}
