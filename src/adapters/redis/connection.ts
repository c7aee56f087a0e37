import { Redis } from "ioredis"
import { Fault, type FaultOptions } from "../../ports/faults.js"
import type { Logger } from "../../ports/logger.js"
import { isLoading, type Memory, parseMemory, policyProblem } from "./info.js"
import { advice, explain, isConfigurationProblem, replyCode } from "./problems.js"
import type { Script } from "./scripts.js"
import { parseRedisUrl, type RedisUrl } from "./url.js"

export interface RedisConnectionOptions {
  /** `redis://[user[:password]@]host[:port][/database]`, `rediss://` for TLS. */
  readonly url: string
  /** Shown by Redis's CLIENT LIST. */
  readonly name: string
  readonly logger: Logger
}

/** The longest wait for one answer, and for a connection. */
const ANSWER_WAIT_MS = 2000

/** A socket that delivers nothing for this long while calls wait is given up, which frees the calls' memory. */
const SILENCE_MAX_MS = 3000

/** The longest wait for a connection to end when it is closed. */
const END_WAIT_MS = 1000

/** How many calls may wait at once. */
const CALLS_MAX = 10_000

const RETRY_FIRST_MS = 50
const RETRY_MAX_MS = 1000

/** How often a Redis that is connected but unusable is checked again. */
const RECHECK_MS = 500

/**
 * One connection that reconnects by itself, and fails fast while it is down. Its states and moves:
 *
 *     connecting → up | down      the first attempt's outcome
 *     up → down                   lost, or unusable
 *     down → up | down            each attempt's outcome; a new reason is logged again
 *     any → closed                for good
 *
 * `up` means reachable, credentials accepted, data loaded and settings right; all of these are checked each time.
 */
type RedisConnectionState =
  | { readonly kind: "connecting" | "up" | "closed" }
  | { readonly kind: "down"; readonly reason: string; readonly code: string | null }

export class RedisConnection {
  readonly #redis: Redis
  readonly #url: RedisUrl
  readonly #logger: RedisConnectionOptions["logger"]
  readonly #settled: Promise<void>
  #settle: () => void = () => {}
  #state: RedisConnectionState = { kind: "connecting" }
  /** Why the connection is about to close. */
  #lastError: Error | null = null
  #calls = 0
  #recheck: NodeJS.Timeout | undefined

  constructor({ url, name, logger }: RedisConnectionOptions) {
    this.#url = parseRedisUrl(url)
    this.#logger = logger
    this.#settled = new Promise(resolve => {
      this.#settle = resolve
    })
    this.#redis = new Redis(url, {
      connectionName: name,
      connectTimeout: ANSWER_WAIT_MS,
      commandTimeout: ANSWER_WAIT_MS,
      socketTimeout: SILENCE_MAX_MS,
      disconnectTimeout: END_WAIT_MS / 2,
      retryStrategy: times => Math.min(RETRY_FIRST_MS * 2 ** (times - 1), RETRY_MAX_MS),
      // While the connection is down, calls fail instead of queueing; and calls that were pending when it went down are
      // not resent: a repeated swap would lose to itself.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      // Our own check covers that, and more.
      enableReadyCheck: false,
      // A replica that was the master until just now: reconnect, perhaps to the new master.
      reconnectOnError: error => {
        const moved = replyCode(error) === "READONLY"
        if (moved) this.#lastError = error
        return moved
      },
      // We need nothing from protocol 3, and proxies know 2.
      protocol: 2,
    })
    this.#redis.on("error", error => {
      this.#lastError = error
    })
    this.#redis.on("close", () => this.#lost())
    this.#redis.on("ready", () => void this.#check())
  }

  /**
   * Waits for the outcome of the first attempt, or for `close`. Throws VIEWS_UNAVAILABLE, not to be retried, for what
   * waiting does not fix: credentials or settings. Otherwise the connection keeps trying by itself.
   */
  async opened(): Promise<void> {
    await this.#settled
    const state = this.#state
    if (state.kind !== "down" || !isConfigurationProblem(state.code)) return
    await this.close()
    throw this.#fault(state.reason, { lasting: true })
  }

  /** Runs a script in one call. Throws VIEWS_UNAVAILABLE; then the script may have run. */
  async run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    const rest = [keys.length, ...keys, ...args]
    return this.#call(async () => {
      try {
        return await this.#redis.call("evalsha", [script.sha, ...rest])
      } catch (error) {
        if (replyCode(error) !== "NOSCRIPT") throw error
        return await this.#redis.call("eval", [script.lua, ...rest])
      }
    })
  }

  /** Throws VIEWS_UNAVAILABLE. */
  async memory(): Promise<Memory> {
    const memory = await this.#call(async () => parseMemory(await this.#redis.info("memory")))
    const problem = policyProblem(memory)
    if (problem === null) return memory
    await this.#check()
    throw this.#fault(problem)
  }

  /** Ends the connection; pending calls fail. Idempotent. */
  async close(): Promise<void> {
    if (this.#state.kind === "closed") return
    this.#state = { kind: "closed" }
    this.#settle()
    clearTimeout(this.#recheck)
    // Between two attempts there is no socket to end.
    const isOpen = this.#redis.status !== "end" && this.#redis.status !== "reconnecting"
    const ended = isOpen ? endOf(this.#redis) : null
    this.#redis.disconnect()
    await ended
  }

  async #call<T>(send: () => Promise<T>): Promise<T> {
    if (this.#state.kind !== "up") throw this.#fault(this.#whyNotUp())
    if (this.#calls >= CALLS_MAX) throw this.#fault(`${CALLS_MAX} calls already wait for it`)
    this.#calls += 1
    try {
      return await send()
    } catch (error) {
      // Not as the cause: the client attaches the call's arguments to its errors, documents and passwords included.
      throw this.#fault(await this.#explainWithMemory(error))
    } finally {
      this.#calls -= 1
    }
  }

  #whyNotUp(): string {
    if (this.#state.kind === "down") return this.#state.reason
    return this.#state.kind === "closed" ? "the store is closed" : "not connected yet"
  }

  async #explainWithMemory(error: unknown): Promise<string> {
    const reason = explain(error, ANSWER_WAIT_MS)
    if (replyCode(error) !== "OOM") return reason
    const memory = await this.#redis.info("memory").then(parseMemory, () => null)
    if (memory === null) return reason
    return `${reason}: ${memory.usedBytes} bytes used of maxmemory ${memory.maxBytes}`
  }

  #fault(reason: string, options: FaultOptions = {}): Fault {
    const message = `Redis at ${this.#url.place} (setting REDIS_URL): ${reason}`
    return new Fault("VIEWS_UNAVAILABLE", message, options)
  }

  async #check(): Promise<void> {
    clearTimeout(this.#recheck)
    try {
      const info = await this.#redis.info()
      const problem = policyProblem(parseMemory(info))
      const noDatabase = await this.#databaseProblem()
      if (noDatabase !== null) this.#down(noDatabase, "DATABASE")
      else if (isLoading(info)) this.#down(advice.LOADING, "LOADING")
      else if (problem !== null) this.#down(problem, "POLICY")
      else this.#up()
    } catch (error) {
      this.#down(explain(error, ANSWER_WAIT_MS), replyCode(error))
    }
    if (this.#state.kind !== "down" || this.#redis.status !== "ready") return
    this.#recheck = setTimeout(() => void this.#check(), RECHECK_MS)
  }

  /** The client selects the database too, but carries on in another one when that number does not exist. */
  async #databaseProblem(): Promise<string | null> {
    const { database } = this.#url
    if (database === 0) return null
    try {
      await this.#redis.select(database)
      return null
    } catch (error) {
      if (replyCode(error) !== "ERR") throw error
      return `it refuses the database ${database} (${error instanceof Error ? error.message : error})`
    }
  }

  #up(): void {
    if (this.#state.kind === "closed" || this.#state.kind === "up") return
    this.#state = { kind: "up" }
    this.#logger.info({ redis: this.#url.place }, "view store: connected")
    this.#settle()
  }

  #lost(): void {
    const error = this.#lastError
    this.#lastError = null
    if (error !== null) this.#down(explain(error, ANSWER_WAIT_MS), replyCode(error))
    else this.#down("the connection was closed", null)
  }

  #down(reason: string, code: string | null): void {
    const state = this.#state
    if (state.kind === "closed" || (state.kind === "down" && state.reason === reason)) return
    this.#state = { kind: "down", reason, code }
    this.#logger.warn({ redis: this.#url.place, reason }, "view store: unavailable")
    this.#settle()
  }
}

/** Resolves when the connection has ended, or when the time for that is over. */
function endOf(redis: Redis): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, END_WAIT_MS)
    redis.once("end", () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
