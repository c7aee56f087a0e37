import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { TYPESCRIPT } from "../../comparison/forked.js"
import { processorTime } from "../../comparison/processes.js"
import { type RebuildSide, type RebuildWorld, turnOf } from "./side.js"

const PROGRAM = fileURLToPath(new URL("./readAndJudge.ts", import.meta.url))

interface Read {
  readonly records: number
  readonly ms: number
  readonly cpuMs: number
}

/** What every rebuild has to do first: reading and judging the log, in a process that does nothing else. */
export function openLimit({ settings, filled, logServices }: RebuildWorld): RebuildSide {
  return {
    name: "reading and judging the log alone",
    role: "limit",
    async turn() {
      const before = await processorTime(logServices)
      const { records, ms, cpuMs } = await readAll(settings)
      if (records !== filled.head) throw new Error(`expected ${filled.head} records, read ${records}`)
      const ofServices = (await processorTime(logServices)) - before
      return turnOf(filled, ms, cpuMs * 1000 + ofServices)
    },
    verify: async () => [],
  }
}

async function readAll(settings: Readonly<Record<string, string>>): Promise<Read> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: "production", ...settings }
  const child = fork(PROGRAM, [], { execArgv: ["--import", TYPESCRIPT], env })
  const ended = once(child, "exit")
  const failed = ended.then(([code]) => {
    throw new Error(`${PROGRAM} ended with ${code}, and did not say what it read`)
  })
  const [read] = await Promise.race([once(child, "message"), failed])
  await ended
  return read
}
