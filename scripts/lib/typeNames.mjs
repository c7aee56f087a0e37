// Checks that no type name is declared twice in src/, unless each is private to its file. Prints those that
// are.
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { parseFileSync } from "@swc/core"

const TYPES = ["ClassDeclaration", "TsInterfaceDeclaration", "TsTypeAliasDeclaration"]

/** The classes, interfaces and type aliases that a file declares. */
function typesIn(file) {
  const { body } = parseFileSync(file, { syntax: "typescript", decorators: true })
  return body.flatMap(item => {
    const isExported = item.type === "ExportDeclaration"
    const declared = isExported ? item.declaration : item
    if (!TYPES.includes(declared.type)) return []
    const { value: name } = declared.identifier ?? declared.id
    return [{ name, file, isExported }]
  })
}

const files = readdirSync("src", { recursive: true }).filter(name => name.endsWith(".ts"))
const byName = new Map()
for (const type of files.sort().flatMap(name => typesIn(join("src", name)))) {
  byName.set(type.name, [...(byName.get(type.name) ?? []), type])
}

const twice = [...byName.values()].filter(types => types.length > 1 && types.some(one => one.isExported))
for (const types of twice) {
  const places = types.map(({ file, isExported }) => `${file}${isExported ? "" : " (private)"}`)
  process.stderr.write(`${types[0].name} is declared ${types.length} times: ${places.join(", ")}\n`)
}
process.exitCode = twice.length === 0 ? 0 : 1
