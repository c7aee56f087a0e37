import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { lexicographicSortSchema, printSchema } from "graphql"
import { eventSchemas } from "../domain/eventSchema.js"
import { makeFolder } from "../lib/makeFolder.js"
import { gameSchema } from "../resolvers/schema.js"
import { EXIT, output } from "./output.js"

/** The checkout's, wherever the command is called from. */
const FOLDER = fileURLToPath(new URL("../../schema", import.meta.url))

/** Emits `schema/` from the classes and the event registry. A check writes nothing: the exit code is 1 if it is stale. */
export async function schema({ check }: { readonly check: boolean }): Promise<number> {
  const stale: string[] = []
  for (const [file, text] of emitted()) {
    const path = join(FOLDER, file)
    const found = await readFile(path, "utf8").catch(() => null)
    if (found === text) continue
    stale.push(path)
    if (check) continue
    await makeFolder(join(FOLDER, "events"))
    await writeFile(path, text)
  }
  for (const path of stale) output.note(check ? `${path} is stale: run guildhall schema` : `wrote ${path}`)
  return check && stale.length > 0 ? EXIT.failed : EXIT.ok
}

function* emitted(): Generator<[string, string]> {
  yield ["schema.graphql", `${printSchema(lexicographicSortSchema(gameSchema()))}\n`]
  for (const { name, version, schema: one } of eventSchemas()) {
    yield [`events/${name}.v${version}.json`, `${JSON.stringify(one, null, 2)}\n`]
  }
}
