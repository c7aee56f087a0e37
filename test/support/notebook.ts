import { readFile } from "node:fs/promises"

interface Output {
  readonly output_type: string
  readonly data?: Readonly<Record<string, string | readonly string[]>>
  readonly text?: string | readonly string[]
}

interface Cell {
  readonly cell_type: string
  readonly source: string | readonly string[]
  readonly execution_count?: number | null
  readonly outputs?: readonly Output[]
}

/** A notebook as it was executed. */
export interface Notebook {
  readonly cells: readonly Cell[]
}

export async function readNotebook(path: string): Promise<Notebook> {
  return JSON.parse(await readFile(path, "utf8")) as Notebook
}

/** What charts say of themselves: `chart: <title> | x: <label> | y: <label>`, one label with its unit in parentheses. */
const CHART = /^chart: [^|]+ \| x: [^|]+ \| y: [^|]+$/
const PICTURE = /^picture: .+/

/** What must not be in a notebook that others read: paths of a machine, its addresses, tokens. */
const OF_THE_MACHINE =
  /\/(?:root|home|tmp|work|usr|var|Users|private)\/|127\.0\.0\.1|localhost|token|password/i

/** What is wrong with an executed notebook; empty if nothing is. */
export function problemsOf({ cells }: Notebook): string[] {
  const code = cells.filter(({ cell_type }) => cell_type === "code")
  const outputs = code.flatMap(cell => cell.outputs ?? [])
  const texts = outputs.map(textOf)
  return [
    ...code.flatMap(({ execution_count }, i) => {
      return execution_count === i + 1 ? [] : [`code cell ${i + 1} was executed as number ${execution_count}`]
    }),
    ...outputs.flatMap(({ output_type }, i) => {
      return output_type === "error" || output_type === "stream" ? [`${output_type}: ${texts[i]}`] : []
    }),
    ...picturesOf(outputs).filter(words => !isChart(words) && !PICTURE.test(words)),
    ...texts.filter(text => OF_THE_MACHINE.test(text)),
  ]
}

/** What all charts of a notebook say of themselves. */
export function chartsOf({ cells }: Notebook): string[] {
  return picturesOf(cells.flatMap(cell => cell.outputs ?? [])).filter(isChart)
}

/** The rows of the table that compares figures: each figure's name, and the result. */
export function figuresOf({ cells }: Notebook): { readonly figure: string; readonly result: string }[] {
  const tables = cells.flatMap(cell => cell.outputs ?? []).map(textOf)
  const table = tables.find(text => /^ *figure +by +compared +result\n/.test(text)) ?? ""
  return table
    .split("\n")
    .slice(1)
    .map(line => {
      const [, figure = line, result = ""] = /^ *(.+?) {2,}.* \d+ {2,}(.+)$/.exec(line) ?? []
      return { figure, result }
    })
}

/** All that the outputs say to a reader, without pictures. */
export function saidBy({ cells }: Notebook): string {
  return cells
    .flatMap(cell => cell.outputs ?? [])
    .map(textOf)
    .join("\n")
}

function isChart(words: string): boolean {
  return CHART.test(words) && /\(.+\)/.test(words.slice(words.indexOf("| x:")))
}

function picturesOf(outputs: readonly Output[]): string[] {
  return outputs.filter(({ data }) => data?.["image/png"] !== undefined).map(textOf)
}

function textOf({ data = {}, text = "" }: Output): string {
  const parts = [text, data["text/plain"] ?? "", data["text/markdown"] ?? ""]
  return parts
    .map(part => (typeof part === "string" ? part : part.join("")))
    .filter(part => part !== "" && !part.startsWith("<IPython."))
    .join("\n")
}
