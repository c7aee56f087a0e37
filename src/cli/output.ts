import { systemCode, systemReason } from "../lib/systemError.js"
import { shown } from "../lib/terminalText.js"

/** Where commands print: results to standard output, notes for a person to standard error. */
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
 * Keeps the process from ending because nobody reads its output. A reader may stop, as `head` does, or a
 * terminal may be gone; the exit code still says how it went. If results cannot be written, such as on a full
 * disk, that is reported once, and the exit code becomes 1.
 */
export function tolerateLostOutput(): void {
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

/** Exit codes: success; failed or found differences; called or configured wrongly. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const
