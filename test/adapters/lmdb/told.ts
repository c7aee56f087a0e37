import { rmSync } from "node:fs"

/** To a pipe Node writes at once (on Linux and macOS), so a process that is killed has said it. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Waits for a path on standard input, and removes that file. */
export async function removeWhatIsTold(): Promise<void> {
  const path = await new Promise<Buffer>(resolve => process.stdin.once("data", resolve))
  rmSync(path.toString().trim())
}
