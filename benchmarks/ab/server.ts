import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { UserError } from "../../src/lib/userError.js"

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url))

/** A server of this run alone, embedded, on a free port, with a new world. */
export interface OwnServer {
  readonly url: string
  /** Runs the audit over its log; returns what it printed. */
  audit(): Promise<{ readonly code: number | null; readonly output: string }>
  /** Ends it and deletes its world. */
  close(): Promise<void>
}

/** Starts it. Throws UserError with its words if it does not listen. */
export async function startOwnServer(): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), "guildhall-ab-"))
  // No setting of the machine: its Kafka is not this run's.
  const { PATH = "", HOME = "" } = process.env
  const settings = { PATH, HOME, DATA_DIR: folder, PORT: "0", LOG_LEVEL: "warn" }
  const server = spawn(process.execPath, [MAIN, "serve"], {
    env: settings,
    stdio: ["ignore", "pipe", "pipe"],
  })
  const ended = once(server, "close")
  const close = async () => {
    server.kill("SIGTERM")
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  let printed = ""
  server.stderr.on("data", (chunk: Buffer) => {
    printed += chunk.toString()
  })
  for await (const line of createInterface({ input: server.stdout })) {
    const [, url] = / GraphQL (http:\S+\/graphql) /.exec(line) ?? []
    // Read on, or the server would wait for its output to be taken.
    server.stdout.resume()
    if (url !== undefined) return { url, close, audit: () => audit(settings) }
  }
  await close()
  throw new UserError(`the server did not start:\n${printed}`)
}

async function audit(settings: NodeJS.ProcessEnv): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [MAIN, "audit"], { env: settings, stdio: ["ignore", "pipe", "pipe"] })
  let output = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  const [code] = (await once(child, "close")) as [number | null]
  return { code, output: output.trim() }
}
