/** Where commands print: results to standard output, what is only for a person to standard error. */
export const output = {
  line(text = ""): void {
    process.stdout.write(`${text}\n`)
  },
  json(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
  },
  note(text: string): void {
    process.stderr.write(`${text}\n`)
  },
}

/** Exit codes: all is well; it failed or found differences; it was called or configured wrongly. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const

/** What a person did or has to mend, said in the message; anything else that is thrown is a bug and shows its stack. */
export class CommandError extends Error {
  override readonly name = "CommandError"
}
