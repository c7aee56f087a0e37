import { expect, it, onTestFinished } from "vitest"
import { TerminalScreen } from "../../../src/cli/watch/screen.js"

/** A terminal of a given width: the lines that it shows, with erasing applied to the unfinished one. */
class FakeTerminal {
  readonly #columns: number
  #text = ""

  constructor(columns: number) {
    this.#columns = columns
  }

  write(text: string): void {
    this.#text += text
  }

  columns(): number {
    return this.#columns
  }

  get lines(): readonly string[] {
    return this.#text.split("\n").map(line => line.split("\r\u001b[2K").at(-1) ?? "")
  }
}

function newScreen(columns = 80) {
  const terminal = new FakeTerminal(columns)
  const screen = new TerminalScreen(new AbortController().signal, terminal)
  onTestFinished(() => screen.end())
  return { terminal, screen }
}

it("lets purchases scroll up above a status line", () => {
  const { terminal, screen } = newScreen()
  screen.connected("http://here")
  screen.purchase("first", 25)
  screen.purchase("second", 30)

  expect(terminal.lines).toEqual([
    "first",
    "second",
    "last 10 s: 2 purchases, 55 gold   connected to http://here",
  ])
})

it("says that it reconnects, and why", () => {
  const { terminal, screen } = newScreen()
  screen.connected("http://here")
  screen.interrupted("gone")

  expect(terminal.lines).toEqual(["last 10 s: 0 purchases, 0 gold   reconnecting: gone"])
})

it("truncates the status line where it would wrap", () => {
  const { terminal, screen } = newScreen(20)
  screen.connected("http://here")

  expect(terminal.lines).toEqual(["last 10 s: 0 purcha"])
})

it("leaves no status line behind", () => {
  const { terminal, screen } = newScreen()
  screen.connected("http://here")
  screen.purchase("first", 25)
  screen.end()

  expect(terminal.lines).toEqual(["first", ""])
})
