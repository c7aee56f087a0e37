import { access, readdir, readFile, rename, writeFile } from "node:fs/promises"
import { basename, extname, join } from "node:path"
import { documentsFile } from "../app/config.js"
import { readDocuments } from "../app/documentsSetting.js"
import { unlessAbsent } from "../lib/systemError.js"
import { UserError } from "../lib/userError.js"
import { SILENT } from "../ports/logger.js"
import { gameSchema } from "../resolvers/schema.js"
import { ParsedDocuments } from "../server/parsedDocuments.js"
import { sha256 } from "../server/trustedDocuments.js"
import { EXIT, output } from "./output.js"

/** What GraphQL Code Generator writes with `persistedDocuments`. */
const MANIFEST = "persisted-documents.json"

const EXTENSIONS = new Set([".graphql", ".gql"])

export interface AddDocumentsOptions {
  /** The file; by default the setting DOCUMENTS. */
  readonly to?: string
}

/**
 * Registers the documents of a folder: each file of GraphQL is one, and a manifest holds many. Every one must be valid and
 * within the server's limits, or none is registered. Idempotent. Throws UserError.
 */
export async function addDocuments(folder: string, options: AddDocumentsOptions): Promise<number> {
  const to = options.to ?? documentsFile(process.env)
  if (to === "") throw new UserError("expected the file to add to: set DOCUMENTS, or use --to FILE")
  const found = await textsBelow(folder)
  if (found.length === 0) {
    throw new UserError(`${folder}: expected files *.graphql, *.gql or ${MANIFEST}, found none`)
  }
  const problems = problemsOf(found)
  if (problems.length > 0) throw new UserError(problems.join("\n"))
  const known = await documentsIn(to)
  const all = new Map([...known, ...found.map(({ text }): [string, string] => [sha256(text), text])])
  await replaceFile(to, `${JSON.stringify(Object.fromEntries([...all].sort()), null, 2)}\n`)
  output.line(
    `${to}: ${all.size - known.size} documents added, ${all.size} in all; servers read it when they start`,
  )
  return EXIT.ok
}

interface Found {
  readonly path: string
  readonly text: string
}

async function textsBelow(folder: string): Promise<Found[]> {
  const found: Found[] = []
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const path = join(folder, name)
    if (basename(name) === MANIFEST) {
      const read = readDocuments(path)
      if ("problem" in read) throw new UserError(`${path}: ${read.problem}`)
      found.push(...[...read.texts.values()].map(text => ({ path, text })))
    } else if (EXTENSIONS.has(extname(name))) found.push({ path, text: await readFile(path, "utf8") })
  }
  return found
}

function problemsOf(found: readonly Found[]): string[] {
  const documents = new ParsedDocuments(gameSchema(), { logger: SILENT, production: false })
  return found.flatMap(({ path, text }) => {
    const prepared = documents.prepare(text)
    return "errors" in prepared ? prepared.errors.map(({ message }) => `${path}: ${message}`) : []
  })
}

/** None if there is no file yet. */
async function documentsIn(path: string): Promise<ReadonlyMap<string, string>> {
  const isThere = await unlessAbsent(
    access(path).then(() => true),
    false,
  )
  if (!isThere) return new Map()
  const read = readDocuments(path)
  if ("problem" in read) throw new UserError(`${path}: ${read.problem}`)
  return read.texts
}

/** A server that starts meanwhile finds the old file or the new one. */
async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}
