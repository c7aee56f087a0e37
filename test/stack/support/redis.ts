import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { connect, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Redis } from "ioredis"

const START_WAIT_MS = 10_000
const POLL_MS = 25

/** The Redis of scripts/stack. Throws when there is none: a stack test is never skipped. */
export function stackRedisUrl(): string {
  const url = process.env.REDIS_URL
  if (url === undefined || url === "") {
    throw new Error(
      "REDIS_URL is not set: these tests need a Redis; run scripts/test --stack, which starts one",
    )
  }
  return url
}

/** The database of games played on the stack's Redis; 0 is the view store contract's. */
const GAME_DATABASE = 1

export interface EmptyRedis {
  readonly url: string
  readonly client: Redis
}

/** Emptied, for the one test file that runs: whatever an earlier one left there is gone. */
export async function emptyRedis(): Promise<EmptyRedis> {
  const url = new URL(`/${GAME_DATABASE}`, stackRedisUrl()).href
  const client = await redisClient(url)
  await client.flushdb()
  return { url, client }
}

/** A client for looking behind the store, without retries. */
export async function redisClient(url: string): Promise<Redis> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, protocol: 2 })
  client.on("error", () => {})
  await client.connect()
  return client
}

/** A Redis of the test's own, to be killed, filled and misconfigured. Nothing is kept on disk. */
export class RedisServer {
  readonly port: number
  readonly folder: string
  readonly #settings: readonly string[]
  #process: ChildProcess | null = null

  private constructor(port: number, folder: string, settings: readonly string[]) {
    this.port = port
    this.folder = folder
    this.#settings = settings
  }

  /** Settings as on the command line: `["--maxmemory", "8mb"]`. */
  static async start(settings: readonly string[] = []): Promise<RedisServer> {
    const server = await RedisServer.prepare(settings)
    await server.start()
    return server
  }

  /** With a port, but not running yet. */
  static async prepare(settings: readonly string[] = []): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), "guildhall-redis-"))
    return new RedisServer(await freePort(), folder, settings)
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Starts it, again on the same port if it ran before, and waits until it takes connections. */
  async start(more: readonly string[] = []): Promise<void> {
    const own = ["--port", `${this.port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    const settings = [...own, "--dir", this.folder, ...this.#settings, ...more]
    const child = spawn("redis-server", settings, { stdio: "ignore" })
    this.#process = child
    const failed = once(child, "error").then(([error]) => {
      throw new Error(`redis-server does not start, is it installed? ${error}`)
    })
    await Promise.race([failed, this.#answers()])
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal)
  }

  /** SIGKILL: what it held is gone. */
  async kill(): Promise<void> {
    const child = this.#process
    this.#process = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, "exit")
    child.kill("SIGKILL")
    await ended
  }

  async remove(): Promise<void> {
    await this.kill()
    await rm(this.folder, { recursive: true, force: true })
  }

  async #answers(): Promise<void> {
    const until = Date.now() + START_WAIT_MS
    while (Date.now() < until) {
      if (await answersPing(this.port)) return
      await new Promise(resolve => setTimeout(resolve, POLL_MS))
    }
    throw new Error(`redis-server on port ${this.port} does not answer within ${START_WAIT_MS} ms`)
  }
}

/** Any answer will do: it may ask for a password, or be loading. */
function answersPing(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"))
    socket.setTimeout(POLL_MS * 10, () => socket.destroy())
    socket.on("error", () => {})
    socket.on("data", () => {
      resolve(true)
      socket.destroy()
    })
    socket.on("close", () => resolve(false))
  })
}

/** A port that nobody listened on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  if (address === null || typeof address === "string") throw new Error("no free port")
  return address.port
}
