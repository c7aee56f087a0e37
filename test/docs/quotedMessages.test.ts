import { parseFileSync } from "@swc/core"
import { expect, test } from "vitest"
import { filesBelow, type Page, pages } from "./pages.js"

/**
 * Pages quote messages of the program “in these marks”, with … for what the program fills in. What stands between the …
 * must occur, in this order, in one text of `src/`: a page does not go on quoting what the code no longer says.
 */
const QUOTE = /“([^”]+)”/g

/** Commands may hold plain words; anything else of three plain words in backticks is a message in the wrong marks. */
const COMMAND = /^(scripts\/|guildhall |redis-cli |kill |npm )/

/** Of a template: the texts between its substitutions. */
const FILLED = "…"

/** The texts of a piece of syntax: of what is put together by `+` and by a template, one text. */
function textsOf(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(textsOf)
  if (!isNode(node)) return []
  const whole = wholeText(node)
  return [...(whole === null ? [] : [whole]), ...Object.values(node).flatMap(textsOf)]
}

function wholeText(node: SyntaxNode): string | null {
  if (node.type === "StringLiteral") return String(node.value)
  if (node.type === "TemplateLiteral" && Array.isArray(node.quasis)) {
    return node.quasis.map(part => (isNode(part) ? String(part.cooked) : "")).join(FILLED)
  }
  if (node.type !== "BinaryExpression" || node.operator !== "+") return null
  const sides = [node.left, node.right].map(side => (isNode(side) ? wholeText(side) : null))
  return sides.map(side => side ?? FILLED).join("")
}

interface SyntaxNode extends Readonly<Record<string, unknown>> {
  readonly type?: unknown
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

const texts = [
  ...new Set(
    filesBelow("src", ".ts").flatMap(file => {
      return textsOf(parseFileSync(file, { syntax: "typescript", decorators: true }).body)
    }),
  ),
]

function isSaid(quote: string): boolean {
  const parts = quote.split(FILLED).map(part => part.trim())
  if (parts.join("") === "") return false
  return texts.some(text => {
    let from = 0
    return parts.every(part => {
      const at = text.indexOf(part, from)
      from = at + part.length
      return at !== -1
    })
  })
}

function quotesIn({ text }: Page): string[] {
  return [...text.matchAll(QUOTE)].map(([, quote = ""]) => quote.replace(/\s+/g, " "))
}

const quoting = pages.filter(page => quotesIn(page).length > 0)

test("pages quote messages", () => {
  expect(quoting.map(({ path }) => path)).toContain("docs/operations.md")
  expect(isSaid("the program says nothing of this sort")).toBe(false)
})

test.each(quoting)("what $path quotes is what the program says", page => {
  expect(quotesIn(page).filter(quote => !isSaid(quote))).toEqual([])
})

test.each(quoting)("$path has no message in backticks", ({ text }) => {
  const prose = text.replace(/^```.*?^```/gms, "")
  const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span)
  const messages = spans.filter(span => /\b[a-z]+ [a-z]+ [a-z]+\b/.test(span) && !COMMAND.test(span))
  expect(messages).toEqual([])
})

/** Three plain words or more, as far as nothing else comes between. */
const WORDS = /[a-z]+(?: [a-z]+){2,}/g

/** Not output: what is typed, JSON, and tables of other programs. */
const TYPED = /^\s*(\$|>>>|-d|curl|scripts\/|[│├└┌])|\{"|──/

/** Put together of what the settings say. */
const COMPOSED = [
  "as api and projector and lander",
  "folder in data",
  "history duckdb in this process",
  "connected to http",
]

test("the outputs in README.md are the program's", () => {
  const text = pages.find(({ path }) => path === "README.md")?.text ?? ""
  const blocks = [...text.matchAll(/^```\n(.*?)^```/gms)].map(([, block = ""]) => block)
  const lines = blocks.flatMap(block => block.split("\n")).filter(line => !TYPED.test(line))
  const runs = lines.flatMap(line => line.match(WORDS) ?? []).filter(run => !COMPOSED.includes(run))
  expect(runs.length).toBeGreaterThan(10)
  expect(runs.filter(run => !isSaid(run))).toEqual([])
})
