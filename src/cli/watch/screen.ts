import { once } from "node:events"
import { output } from "../output.js"
import { Recent } from "./recent.js"

/** How often the status line is drawn again. */
const REDRAW_MS = 500

/** The width of a terminal that does not report it. */
const COLUMNS = 80

/** Where purchases and the state of the connection are shown. */
export interface Screen {
  /** Shows a line. If it returns a promise, no more can be shown until that resolves. */
  purchase(line: string, price: number): Promise<void> | undefined
  connected(url: string): void
  interrupted(why: string): void
  end(): void
}

export interface ScreenOptions {
  readonly json: boolean
  /** Once aborted, nothing is awaited any more. */
  readonly signal: AbortSignal
}

/** On a terminal with a status line below; otherwise plain lines, with notes on standard error. */
export function newScreen({ json, signal }: ScreenOptions): Screen {
  const { stdout } = process
  if (json || !stdout.isTTY) return new PlainScreen(signal)
  return new TerminalScreen(signal, {
    write: text => stdout.write(text),
    columns: () => stdout.columns || COLUMNS,
  })
}

class PlainScreen implements Screen {
  readonly #signal: AbortSignal
  #isInterrupted = false

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  purchase(line: string): Promise<void> | undefined {
    output.line(line)
    return drained(this.#signal)
  }

  connected(url: string): void {
    if (this.#isInterrupted) output.note(`connected again: ${url}`)
    this.#isInterrupted = false
  }

  interrupted(why: string): void {
    if (!this.#isInterrupted) output.note(`${why}; reconnecting`)
    this.#isInterrupted = true
  }

  end(): void {}
}

/** The terminal that is drawn on. */
export interface Terminal {
  write(text: string): void
  columns(): number
}

/** Moves to the beginning of the line and erases it. */
const ERASE = "\r\u001b[2K"

/** Purchases scroll up above a status line. */
export class TerminalScreen implements Screen {
  readonly #signal: AbortSignal
  readonly #terminal: Terminal
  readonly #recent = new Recent()
  readonly #redraw: NodeJS.Timeout
  #state = "connecting"

  constructor(signal: AbortSignal, terminal: Terminal) {
    this.#signal = signal
    this.#terminal = terminal
    this.#redraw = setInterval(() => this.#draw(""), REDRAW_MS)
  }

  purchase(line: string, price: number): Promise<void> | undefined {
    this.#recent.add(price, Date.now())
    this.#draw(`${line}\n`)
    return drained(this.#signal)
  }

  connected(url: string): void {
    this.#setState(`connected to ${url}`)
  }

  interrupted(why: string): void {
    this.#setState(`reconnecting: ${why}`)
  }

  end(): void {
    clearInterval(this.#redraw)
    this.#terminal.write(ERASE)
  }

  #setState(state: string): void {
    if (state === this.#state) return
    this.#state = state
    this.#draw("")
  }

  #draw(above: string): void {
    const { purchases, gold } = this.#recent.of(Date.now())
    const status = `last 10 s: ${purchases} purchases, ${gold} gold   ${this.#state}`
    // A line that wraps could not be erased.
    this.#terminal.write(`${ERASE}${above}${status.slice(0, this.#terminal.columns() - 1)}`)
  }
}

/**
 * Resolves when standard output is no longer full, or the signal aborts, as it does when the reader has gone.
 */
function drained(signal: AbortSignal): Promise<void> | undefined {
  if (!process.stdout.writableNeedDrain || signal.aborted) return undefined
  return once(process.stdout, "drain", { signal }).then(
    () => {},
    () => {},
  )
}
