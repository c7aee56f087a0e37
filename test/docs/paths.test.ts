import { existsSync, readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { describe, expect, test } from "vitest"
import { filesBelow, type Page, pages } from "./pages.js"

/** Made by a build, and so not there before. */
const BUILT = ["web/dist/"]

/** A path from the root, as far as it has no placeholder. */
const PATH = /(?<![\w./$-])(?:src|test|scripts|docs|docker|stack|web|schema|benchmarks|notebooks)\/[\w./-]*/g

/** The name of a source file alone: its folder was said before. */
const FILE = /`(\w+\.ts)`/g

const LINK = /\]\(([^)\s]+)\)/g

/** A name of code, such as `CommitSender`, `Commands.execute`; not a word alone in lower case, or a constant. */
const NAME = /`([A-Za-z]+(?:\.[A-Za-z]+)?)`/g

/** The pages that walk through the code. */
const WALKS = ["docs/architecture.md", "docs/one-purchase.md", "docs/simulation.md"]

const sources = new Set(
  ["src", "test", "benchmarks", "web/src"]
    .flatMap(each => filesBelow(each, ".ts"))
    .map(path => basename(path)),
)

const words = new Set(
  ["src", "test"]
    .flatMap(each => filesBelow(each, ".ts"))
    .flatMap(path => readFileSync(path, "utf8").match(/\w+/g) ?? []),
)

function pathsIn({ text }: Page): string[] {
  const found = [...text.matchAll(PATH)].filter(({ 0: path, index }) => {
    // Placeholders: `scripts/…`, `schema/events/*.json`, `stack/NAME/`.
    return !/[…*<]/.test(text[index + path.length] ?? "") && !/\/[A-Z]+\//.test(path)
  })
  return found.map(([path]) => path.replace(/\.$/, "")).filter(path => !BUILT.includes(path))
}

/** The anchors that GitHub makes of a page's headings. */
function anchorsIn(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading)
  return new Set(
    headings.map(heading =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    ),
  )
}

describe.each(pages)("$path", page => {
  test("names no path that does not exist", () => {
    expect(pathsIn(page).filter(path => !existsSync(path))).toEqual([])
    const files = [...page.text.matchAll(FILE)].map(([, file = ""]) => file)
    expect(files.filter(file => !sources.has(file))).toEqual([])
  })

  test("links only to what is there", () => {
    const broken = [...page.text.matchAll(LINK)]
      .map(([, link = ""]) => link)
      .filter(link => !link.startsWith("https://"))
      .filter(link => {
        const [file = "", anchor] = link.split("#")
        const target = file === "" ? page : pages.find(({ path }) => path === join(dirname(page.path), file))
        if (target === undefined) return anchor !== undefined || !existsSync(join(dirname(page.path), file))
        return anchor !== undefined && !anchorsIn(target.text).has(anchor)
      })
    expect(broken).toEqual([])
  })
})

test.each(pages.filter(({ path }) => WALKS.includes(path)))(
  "$path names only what the code names",
  ({ text }) => {
    const names = [...text.matchAll(NAME)].flatMap(([, name = ""]) => name.split("."))
    const ofCode = names.filter(name => /[a-z][A-Z]|^[A-Z][a-z]/.test(name))
    expect(ofCode.length).toBeGreaterThan(5)
    expect(ofCode.filter(name => !words.has(name))).toEqual([])
  },
)

test("the index names every page of docs/", () => {
  const index = pages.find(({ path }) => path === "docs/README.md")?.text ?? ""
  const others = pages.map(({ path }) => path).filter(path => /^docs\/[a-z-]+\.md$/.test(path))
  expect(others.length).toBeGreaterThan(10)
  expect(others.filter(path => !index.includes(`(${basename(path)})`))).toEqual([])
})
