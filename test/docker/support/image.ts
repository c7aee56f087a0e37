import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { cp, mkdir, rm, stat } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { promisify } from "node:util"
import { type Instruction, named, type Stage, stagesOf, wordsOf } from "./dockerfile.js"

const run = promisify(execFile)

/** Where the stages of the Dockerfile work. */
const WORKDIR = "/guildhall"

/** How long one step may take: packages may have to be fetched. */
const STEP_WITHIN_MS = 600_000

export interface Image {
  /** Where its WORKDIR is on this machine. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
}

/**
 * Does in folders what the steps of docker/Dockerfile say, as far as it can be done without containers: each stage
 * has a folder for its WORKDIR, and this machine's Node in place of that of its base image. Packages that the
 * checkout has are taken from there.
 */
export async function buildImage(folder: string): Promise<Image> {
  const stages = stagesOf("docker/Dockerfile")
  for (const [i, stage] of stages.entries()) {
    const place = (name: string | undefined) => {
      const base = stages.findIndex((other, j) => j < i && other.name === name)
      return base === -1 ? null : join(folder, String(base))
    }
    await buildStage(stage, join(folder, String(i)), place)
  }
  const last = stages.at(-1)
  if (last === undefined) throw new Error("docker/Dockerfile has no stage")
  const settings = named(last, "ENV").map(({ text }) => text.split("="))
  return {
    folder: join(folder, String(stages.length - 1)),
    environment: Object.fromEntries(settings),
    entrypoint: wordsOf(last, "ENTRYPOINT"),
    command: wordsOf(last, "CMD"),
  }
}

/** Where an earlier stage is; null if there is none of that name. */
type Place = (name: string | undefined) => string | null

async function buildStage(stage: Stage, folder: string, place: Place): Promise<void> {
  const base = place(stage.from)
  if (base === null) await mkdir(folder)
  else await link(base, folder)
  for (const instruction of stage.instructions) {
    if (instruction.name === "COPY") await copy(instruction, folder, place)
    if (instruction.name === "RUN") await runStep(instruction.text, folder)
  }
}

/** What `npm ci` installs is there already if the checkout has it, which was installed by the same lock file. */
async function runStep(step: string, folder: string): Promise<void> {
  const [, prefix = "."] = /^npm ci (?:--prefix (\S+))?/.exec(step) ?? []
  const installed = join(prefix, "node_modules")
  if (!step.startsWith("npm ci ") || !existsSync(join(installed, ".installed-lock"))) {
    await run("sh", ["-c", step], { cwd: folder, timeout: STEP_WITHIN_MS })
    return
  }
  await link(installed, join(folder, installed))
  // npm writes this file in place: it must not be the checkout's.
  const own = join(installed, ".package-lock.json")
  await run("cp", ["--remove-destination", own, join(folder, own)])
}

/** By hard links where that can be done: it is much. */
async function link(source: string, target: string): Promise<void> {
  await run("cp", ["--archive", "--link", source, target]).catch(async () => {
    await rm(target, { recursive: true, force: true })
    await run("cp", ["--archive", source, target])
  })
}

/** A folder's content goes into the target, a file goes into a target that ends in a slash. */
async function copy({ options, text }: Instruction, folder: string, place: Place): Promise<void> {
  const words = text.split(" ")
  const target = join(folder, words.at(-1) ?? "")
  const stage = place(options.from)
  for (const word of words.slice(0, -1)) {
    const source = stage === null ? word : join(stage, word.slice(WORKDIR.length))
    const isFolder = (await stat(source)).isDirectory()
    const to = isFolder || !words.at(-1)?.endsWith("/") ? target : join(target, basename(word))
    await mkdir(dirname(to), { recursive: true })
    // As Dockerfile.dockerignore says of the checkout.
    const filter = (path: string) => stage !== null || !/node_modules|^web\/dist/.test(path)
    await cp(source, to, { recursive: true, verbatimSymlinks: true, filter })
  }
}
