import { execFile } from "node:child_process"
import { cp, readFile, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const root = fileURLToPath(new URL("../../../", import.meta.url))
const run = promisify(execFile)

const NEW_FILE = /^A new file (\w+\.ts) in `([\w/]+)`:\n\n```ts\n([^`]*\n)```$/gm
const CHANGE = /^In `([\w/.]+)`, (after|before) `([^`]+)`:\n\n```ts\n([^`]*\n)```$/gm

/**
 * Builds the project with what `docs/extending.md` adds to it (the sword trident, the event PotionDrunk, the command
 * drinkPotion, the report grants), in a folder, with its own compiler. Returns the path of its `main.js`.
 */
export async function buildExtended(folder: string): Promise<string> {
  await cp(join(root, "src"), join(folder, "src"), { recursive: true })
  for (const file of ["package.json", "tsconfig.json", "tsconfig.build.json"]) {
    await cp(join(root, file), join(folder, file))
  }
  await symlink(join(root, "node_modules"), join(folder, "node_modules"))
  await extend(folder)
  const tsc = join(root, "node_modules/.bin/tsc")
  await run(tsc, ["-p", "tsconfig.build.json"], { cwd: folder }).catch(({ stdout }: { stdout: string }) => {
    throw new Error(`the extended build does not compile:\n${stdout}`)
  })
  return join(folder, "dist/main.js")
}

/** Follows the page, block by block. */
async function extend(folder: string): Promise<void> {
  const page = await readFile(join(root, "docs/extending.md"), "utf8")
  const files = [...page.matchAll(NEW_FILE)]
  const changes = [...page.matchAll(CHANGE)]
  const blocks = page.match(/^```ts$/gm)?.length
  if (files.length + changes.length !== blocks) {
    throw new Error(
      `docs/extending.md: expected ${blocks} blocks to say where they go, ${files.length + changes.length} do`,
    )
  }
  for (const [, name = "", below = "", text = ""] of files) await writeFile(join(folder, below, name), text)
  for (const [, file = "", where = "", line = "", text = ""] of changes) {
    await replace(join(folder, file), line, where === "before" ? `${text}${line}\n` : `${line}\n${text}`)
  }
}

/** Replaces a line that the file has once. */
async function replace(path: string, line: string, lines: string): Promise<void> {
  const text = await readFile(path, "utf8")
  const [before, rest, more] = text.split(`${line}\n`)
  if (rest === undefined || more !== undefined) throw new Error(`${path}: expected one line ${line}`)
  await writeFile(path, `${before}${lines}${rest}`)
}
