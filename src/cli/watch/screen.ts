import { once } from "node:events"
import { output } from "../output.js"
import { Recent } from "./recent.js"

/** How often the status line is drawn again. */
const REDRAW_MS = 500

/** Of a terminal that does not tell. */
const COLUMNS = 80

/** Where purchases are shown, and whether there is a server. */
export interface Screen {
  /** Shows a line. The promise, where there is one: so long no more can be shown. */
  purchase(line: string, price: number): Promise<void> | undefined
  connected(url: string): void
  interrupted(why: string): void
  end(): void
}

export interface ScreenOptions {
  readonly json: boolean
  /** Nothing is waited for any more. */
  readonly signal: AbortSignal
}

/** With a status line below where standard output is a terminal; else plain lines, and notes beside them. */
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

/** To the line's begin, and what stands there erased. */
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
    this.#tell(`connected to ${url}`)
  }

  interrupted(why: string): void {
    this.#tell(`reconnecting: ${why}`)
  }

  end(): void {
    clearInterval(this.#redraw)
    this.#terminal.write(ERASE)
  }

  #tell(state: string): void {
    if (state === this.#state) return
    this.#state = state
    this.#draw("")
  }

  #draw(above: string): void {
    const { purchases, gold } = this.#recent.of(Date.now())
    const status = `last 10 s: ${purchases} purchases, ${gold} gold   ${this.#state}`
    // One that wraps could not be erased.
    this.#terminal.write(`${ERASE}${above}${status.slice(0, this.#terminal.columns() - 1)}`)
  }
}

/** While standard output is full. A reader that has gone ends the signal. */
function drained(signal: AbortSignal): Promise<void> | undefined {
  if (!process.stdout.writableNeedDrain || signal.aborted) return undefined
  return once(process.stdout, "drain", { signal }).then(
    () => {},
    () => {},
  )
}
