import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort } from "../test/support/guildhall.js"
import type { Measured } from "./comparison/closedLoop.js"

const PLAYERS = 1000

/** A minute, as a server waits that long for its services. */
const READY_TRIES = 600
const LOOK_MS = 100

const MICROSECONDS_PER_TICK = 10_000

const query = `mutation Buy($input: BuySwordInput!) {
  buySword(input: $input) { purchase { id price } player { gold } refusal { code message } position replayed }
}`

/** The rich players of one server; they buy swords in turn. */
export class Shop {
  readonly url: string
  readonly #server: ChildProcess
  readonly #folder: string
  readonly #run: string
  #sent = 0

  private constructor(server: ChildProcess, url: string, folder: string, run: string) {
    this.#server = server
    this.url = url
    this.#folder = folder
    this.#run = run
  }

  /** Starts a build's `dist/main.js` on a realm of its own, and registers the players. `more`: settings. */
  static async open(main: string, more: Readonly<Record<string, string>> = {}): Promise<Shop> {
    const folder = await mkdtemp(join(tmpdir(), "guildhall-bench-"))
    const run = `${Date.now().toString(36)}${folder.slice(-3)}`
    const port = await freePort()
    const settings = {
      PORT: String(port),
      DATA_DIR: folder,
      LOG_LEVEL: "warn",
      KAFKA_TOPIC: `bench-${run}`,
      ...more,
    }
    const server = spawn(process.execPath, [main, "serve"], {
      env: { ...process.env, ...settings },
      stdio: ["ignore", "ignore", "inherit"],
    })
    const shop = new Shop(server, `http://127.0.0.1:${port}`, folder, run)
    await shop.#ready()
    await shop.#preparePlayers()
    return shop
  }

  /** The body of a purchase with the client's own key, which the server must look up. */
  purchase(): string {
    this.#sent += 1
    const input = {
      playerId: this.#player(this.#sent % PLAYERS),
      swordType: "wooden-sword",
      idempotencyKey: `${this.#run}-${this.#sent}`,
    }
    return JSON.stringify({ query, variables: { input } })
  }

  /** Processor time that the server has used so far, in microseconds; in steps of 10 ms. Linux only. */
  async cpuMicroseconds(): Promise<number> {
    const text = await readFile(`/proc/${this.#server.pid}/stat`, "utf8")
    // After the name in brackets, which may hold spaces: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ")
    return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK
  }

  async close(): Promise<void> {
    this.#server.kill("SIGTERM")
    if (this.#server.exitCode === null) await once(this.#server, "exit")
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #ready(): Promise<void> {
    for (let tries = 0; tries < READY_TRIES; tries++) {
      const answer = await fetch(`${this.url}/readyz`).catch(() => null)
      if (answer?.ok) return
      await new Promise(resolve => setTimeout(resolve, LOOK_MS))
    }
    throw new Error("the server did not get ready within a minute")
  }

  async #preparePlayers(): Promise<void> {
    for (let n = 0; n < PLAYERS; n++) {
      const playerId = this.#player(n)
      await this.#mutate("registerPlayer", { playerId, name: "Bench", region: "eu" })
      await this.#mutate("grantGold", { playerId, amount: 1_000_000_000, reason: "bench" })
    }
  }

  async #mutate(name: string, input: object): Promise<void> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) { replayed } }`
    const headers = { "content-type": "application/json" }
    const body = JSON.stringify({ query, variables: { input } })
    const answer = await fetch(`${this.url}/graphql`, { method: "POST", headers, body })
    const text = await answer.text()
    if (text.includes('"errors"')) throw new Error(`${name}: ${text}`)
  }

  #player(n: number): string {
    return `bench-${this.#run}-${n}`
  }
}

export function figures({ perSecond, p50, p99 }: Measured): string {
  return `${Math.round(perSecond)}/s (p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms)`
}

/** The median and the range of ratios, for people. */
export function spread(ratios: readonly number[]): string {
  const sorted = [...ratios].sort((a, b) => a - b)
  const text = (ratio: number | undefined) => (ratio ?? Number.NaN).toFixed(2)
  return `median ${text(sorted[Math.floor(sorted.length / 2)])}, from ${text(sorted[0])} to ${text(sorted.at(-1))}`
}

export function line(text: string): void {
  process.stdout.write(`${text}\n`)
}
