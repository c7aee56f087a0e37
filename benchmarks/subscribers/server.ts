import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { freePort } from "../../test/support/guildhall.js"

/** The kernel's unit of processor time. */
const TICKS_PER_SECOND = 100

/** `guildhall serve` from the build, with its own data, and what it costs. */
export class Server {
  readonly url: string
  readonly #folder: string
  readonly #process: ChildProcess

  private constructor(url: string, folder: string, child: ChildProcess) {
    this.url = url
    this.#folder = folder
    this.#process = child
  }

  /** `NODE_ARGS` are options of Node.js, such as `--cpu-prof`. Waits until it is ready. */
  static async start(): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), "guildhall-bench-"))
    const port = await freePort()
    const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url))
    const own = process.env.NODE_ARGS?.split(" ") ?? []
    const child = spawn(process.execPath, [...own, main, "serve"], {
      env: { ...process.env, PORT: port, DATA_DIR: folder, LOG_LEVEL: "warn" },
      stdio: ["ignore", "ignore", "inherit"],
    })
    const origin = `http://127.0.0.1:${port}`
    for (let tries = 0; tries < 600; tries++) {
      const answer = await fetch(`${origin}/readyz`).catch(() => null)
      if (answer?.ok) return new Server(`${origin}/graphql`, folder, child)
      await new Promise(resolve => setTimeout(resolve, 100))
    }
    throw new Error("the server did not get ready within a minute")
  }

  /** Processor time that it has used so far, in seconds. */
  async cpuSeconds(): Promise<number> {
    const stat = await readFile(`/proc/${this.#process.pid}/stat`, "utf8")
    // After the name, which may hold spaces: state is the third field, utime and stime the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  }

  /** Its resident memory without the pages of LMDB's files, in megabytes. */
  async megabytes(): Promise<number> {
    const status = await readFile(`/proc/${this.#process.pid}/status`, "utf8")
    const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(status) ?? []
    return Number(kilobytes) / 1024
  }

  static playerId(n: number): string {
    return `player-${n}`
  }

  /** Registers players who can buy without end. */
  async makeRich(players: number): Promise<void> {
    const make = async (playerId: string) => {
      await this.#mutate("registerPlayer", { playerId, name: playerId, region: "eu" })
      await this.#mutate("grantGold", { playerId, amount: 1_000_000_000, reason: "benchmark" })
    }
    for (let n = 0; n < players; n += 50) {
      const some = Array.from({ length: Math.min(50, players - n) }, (_, i) => make(Server.playerId(n + i)))
      await Promise.all(some)
    }
  }

  async #mutate(name: string, input: object): Promise<void> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) { replayed } }`
    const headers = { "content-type": "application/json" }
    const body = JSON.stringify({ query, variables: { input } })
    const answer = await fetch(this.url, { method: "POST", headers, body })
    const text = await answer.text()
    if (text.includes('"errors"')) throw new Error(`${name}: ${text}`)
  }

  async stop(): Promise<void> {
    this.#process.kill("SIGTERM")
    await once(this.#process, "exit")
    await rm(this.#folder, { recursive: true, force: true })
  }
}
