import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import { fileURLToPath } from "node:url"

/** What runs: a build, by a Node, started by a command such as `unshare --mount`. */
export interface Program {
  readonly main: string
  readonly node: string
  readonly wrap: readonly string[]
}

const PROGRAM: Program = {
  main: fileURLToPath(new URL("../../dist/main.js", import.meta.url)),
  node: process.execPath,
  wrap: [],
}

/** How long a process may take to be ready, or to end. */
const WITHIN_MS = 100_000

type Settings = Readonly<Record<string, string>>

/** A `guildhall` process, as a user starts it from the build. */
export class Guildhall {
  readonly #process: ChildProcess
  readonly settings: Settings
  readonly #exited: Promise<number | null>
  #output = ""

  private constructor(args: readonly string[], settings: Settings, program: Partial<Program> = {}) {
    const { main, node, wrap } = { ...PROGRAM, ...program }
    this.settings = settings
    // Only what the test says: settings of the machine must not leak in.
    const environment = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...settings }
    const [command = node, ...rest] = [...wrap, node, main, ...args]
    this.#process = spawn(command, rest, {
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    })
    const keep = (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-1_000_000)
    }
    this.#process.stdout?.on("data", keep)
    this.#process.stderr?.on("data", keep)
    this.#exited = once(this.#process, "exit").then(([code]) => code as number | null)
  }

  /** Starts `guildhall serve` and waits until it is ready. */
  static async serve(
    settings: Settings,
    args: readonly string[] = [],
    program: Partial<Program> = {},
  ): Promise<Guildhall> {
    const server = new Guildhall(["serve", ...args], settings, program)
    try {
      await server.ready()
    } catch (error) {
      await server.kill9()
      throw error
    }
    return server
  }

  /** Runs a command to its end. */
  static async run(
    args: readonly string[],
    settings: Settings = {},
    program: Partial<Program> = {},
  ): Promise<{ code: number | null; output: string }> {
    const command = new Guildhall(args, settings, program)
    const code = await command.exited()
    return { code, output: command.output }
  }

  /** Starts a command without waiting for it. */
  static start(args: readonly string[], settings: Settings = {}, program: Partial<Program> = {}): Guildhall {
    return new Guildhall(args, settings, program)
  }

  get pid(): number {
    const { pid } = this.#process
    if (pid === undefined) throw new Error("the process did not start")
    return pid
  }

  /** What it has printed so far, the last megabyte. */
  get output(): string {
    return this.#output
  }

  get origin(): string {
    return `http://127.0.0.1:${this.settings.PORT}`
  }

  get url(): string {
    return `${this.origin}/graphql`
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  exited(): Promise<number | null> {
    return this.#exited
  }

  /** SIGTERM, and its exit code. */
  async stop(): Promise<number | null> {
    this.signal("SIGTERM")
    return this.#exited
  }

  async kill9(): Promise<void> {
    this.signal("SIGKILL")
    await this.#exited
  }

  /** Waits until /readyz says so. Throws with the output when it ends or takes too long. */
  async ready(): Promise<void> {
    const until = Date.now() + WITHIN_MS
    let ended = false
    void this.#exited.then(() => {
      ended = true
    })
    while (!(await isReady(this.origin))) {
      if (ended || Date.now() > until) throw new Error(`guildhall did not get ready:\n${this.#output}`)
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
}

async function isReady(origin: string): Promise<boolean> {
  try {
    const answer = await fetch(`${origin}/readyz`, { signal: AbortSignal.timeout(1000) })
    return answer.ok
  } catch {
    return false
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  if (address === null || typeof address === "string") throw new Error("no port")
  return String(address.port)
}

/** Asks a server by GraphQL. */
export async function ask(url: string, query: string, variables: object = {}) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(30_000),
  })
  return (await answer.json()) as {
    data?: Record<string, never>
    errors?: { message: string; extensions: object }[]
  }
}
