import { readFileSync } from "node:fs"

/** An instruction such as COPY, with its options (`--from=build`) apart. */
export interface Instruction {
  readonly name: string
  readonly options: Readonly<Record<string, string>>
  readonly text: string
}

/** What one FROM begins. */
export interface Stage {
  readonly name: string | null
  readonly from: string
  readonly instructions: readonly Instruction[]
}

const FROM = /^(\S+)(?: AS (\S+))?$/

/** The stages of a Dockerfile, in their order. */
export function stagesOf(path: string): readonly Stage[] {
  const lines = readFileSync(path, "utf8")
    .replaceAll("\\\n", "")
    .split("\n")
    .filter(line => line.trim() !== "" && !line.startsWith("#"))
  const stages: { name: string | null; from: string; instructions: Instruction[] }[] = []
  for (const instruction of lines.map(instructionOf)) {
    if (instruction.name === "FROM") {
      const [, from = "", name = null] = FROM.exec(instruction.text) ?? []
      stages.push({ name, from, instructions: [] })
    } else {
      stages.at(-1)?.instructions.push(instruction)
    }
  }
  return stages
}

function instructionOf(line: string): Instruction {
  const [name = "", ...words] = line.split(" ")
  const options = name === "COPY" ? words.filter(word => word.startsWith("--")) : []
  return {
    name,
    options: Object.fromEntries(options.map(option => option.slice(2).split("="))),
    text: words.slice(options.length).join(" "),
  }
}

/** The instructions of that name in a stage. */
export function named({ instructions }: Stage, name: string): readonly Instruction[] {
  return instructions.filter(instruction => instruction.name === name)
}

/** The words of an instruction in its JSON form, as `ENTRYPOINT ["node", "main.js"]`. */
export function wordsOf(stage: Stage, name: string): readonly string[] {
  const text = named(stage, name).at(-1)?.text
  return text === undefined ? [] : (JSON.parse(text) as string[])
}
