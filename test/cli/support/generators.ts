import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"

const CHILD = fileURLToPath(new URL("../../../src/load/processes/child.ts", import.meta.url))
const LOADER = new URL("../../support/typescript.mjs", import.meta.url).href

/** Starts generator processes from the sources, and keeps them; they end with the test. */
export function sourceGenerators(): { readonly start: () => ChildProcess; readonly all: ChildProcess[] } {
  const all: ChildProcess[] = []
  onTestFinished(() => {
    for (const child of all) child.kill("SIGKILL")
  })
  const start = () => {
    const child = fork(CHILD, { execArgv: ["--import", LOADER] })
    all.push(child)
    return child
  }
  return { start, all }
}
