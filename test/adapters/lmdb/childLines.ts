import { rmSync } from "node:fs"

/** Node writes to a pipe at once (on Linux and macOS), so the line is out even if the process is killed. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Waits for a path on standard input, and removes that file. */
export async function removeNamedFile(): Promise<void> {
  const path = await new Promise<Buffer>(resolve => process.stdin.once("data", resolve))
  rmSync(path.toString().trim())
}
