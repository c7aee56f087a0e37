import { systemCode, systemReason } from "../lib/systemError.js"
import { shown } from "../lib/terminalText.js"

/** Where commands print: results to standard output, what is only for a person to standard error. */
export const output = {
  line(text = ""): void {
    process.stdout.write(`${shown(text)}\n`)
  },
  json(value: unknown): void {
    process.stdout.write(`${shown(JSON.stringify(value, null, 2))}\n`)
  },
  note(text: string): void {
    process.stderr.write(`${shown(text)}\n`)
  },
}

/**
 * Output that nobody reads does not end the process. A reader may stop, as `head` does, or a terminal may be gone: the
 * exit code says how it went. Results that could not be written, such as on a full disk, are reported once, and the
 * exit code is then 1.
 */
export function bearLostOutput(): void {
  let isLost = false
  process.stdout.on("error", (error: Error) => {
    if (isLost || systemCode(error) === "EPIPE") return
    isLost = true
    output.note(`standard output cannot be written: ${systemReason(error)}`)
    process.once("exit", code => {
      if (code === EXIT.ok) process.exitCode = EXIT.failed
    })
  })
  process.stderr.on("error", () => {})
}

/** Exit codes: all is well; it failed or found differences; it was called or configured wrongly. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const
