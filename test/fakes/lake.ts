import { assertLakePath } from "../../src/lake/lakePath.js"
import type { Clock, Random } from "../../src/lib/clock.js"
import { Fault } from "../../src/ports/faults.js"
import type { Lake, LakeFile } from "../../src/ports/lake.js"
import { ProcessClock } from "./clock.js"
import { FakeFolders } from "./lakeFolders.js"
import type { Span } from "./logServer.js"

/** How long a process waits for an answer before it gives up. Its call may still be done later. */
export const FAKE_ANSWER_WAIT_MS = 2_000

/** What goes wrong between processes and the lake, as shares of calls, from 0 to 1. */
export interface FakeLakeFaults {
  /** How long a call travels, each way. */
  readonly latencyMs: Span
  /** Never arrive. Their callers get an error soon. */
  readonly lost: number
  /** Done, but their answers never arrive. Their callers get an error soon. */
  readonly replyLost: number
  /** Arrive this late, mostly when their callers have given up and retried. */
  readonly late: number
  readonly lateMs: Span
  /** Writes that the store refuses, as when full or in safe mode. They are not done. */
  readonly refused: number
}

const NO_FAULTS: FakeLakeFaults = {
  latencyMs: [0, 0],
  lost: 0,
  replyLost: 0,
  late: 0,
  lateMs: [2_000, 30_000],
  refused: 0,
}

export interface FakeLakeServerOptions {
  readonly clock: Clock
  readonly random: Random
  readonly faults?: Partial<FakeLakeFaults>
  /** Sees each change as soon as it is made, for a checker. */
  readonly onChange?: (path: string) => void
}

/** A lake as in a file system, for all processes of a simulation. `random` and the calls determine what it does. */
export class FakeLakeServer {
  /** May be changed while it runs. */
  faults: FakeLakeFaults
  /** Refuses every write, but still answers reads. */
  isFull = false
  readonly clock: Clock
  /** Everything in the lake, for a checker. */
  readonly folders = new FakeFolders()
  readonly onChange: (path: string) => void
  readonly #random: Random
  readonly #cut = new Set<string>()
  /** Calls that arrived while it stands still; null while it runs. */
  #arrived: (() => void)[] | null = null

  constructor({ clock, random, faults, onChange = () => {} }: FakeLakeServerOptions) {
    this.clock = clock
    this.onChange = onChange
    this.#random = random
    this.faults = { ...NO_FAULTS, ...faults }
  }

  /** A connection of a process. `name` is for `cut` and `heal`; the process may be paused and killed. */
  connect(name: string, process = new ProcessClock(this.clock)): FakeLake {
    return new FakeLake(this, name, process)
  }

  /** Stands still: calls arrive and wait, and are done on `resume`, even those whose callers gave up. */
  pause(): void {
    this.#arrived ??= []
  }

  resume(): void {
    const arrived = this.#arrived ?? []
    this.#arrived = null
    for (const call of arrived) call()
  }

  /** From now on this process's calls fail, and those in flight are lost. */
  cut(name: string): void {
    this.#cut.add(name)
  }

  heal(name: string): void {
    this.#cut.delete(name)
  }

  isCut(name: string): boolean {
    return this.#cut.has(name)
  }

  happens(share: number): boolean {
    return share > 0 && this.#random() < share
  }

  /** Calls after a one-way network latency. */
  travel(way: Span, call: () => void): void {
    const [least, most] = way
    if (most === 0) this.clock.soon(call)
    else this.clock.after(least + Math.floor(this.#random() * (most - least + 1)), call)
  }

  /** Calls now, or when the server goes on. */
  arrive(call: () => void): void {
    if (this.#arrived === null) call()
    else this.#arrived.push(call)
  }
}

/**
 * The lake as one process of a simulation has it. What reaches the process waits while it is paused and never comes once
 * it is dead; what it has sent goes on without it.
 */
export class FakeLake implements Lake {
  readonly root = "fake://lake"
  readonly process: ProcessClock
  readonly #server: FakeLakeServer
  readonly #name: string
  readonly #pending = new Set<(reason: string) => void>()
  #isClosed = false

  constructor(server: FakeLakeServer, name: string, process: ProcessClock) {
    this.#server = server
    this.#name = name
    this.process = process
  }

  write(path: string, bytes: Uint8Array): Promise<void> {
    return this.replace(path, bytes)
  }

  putIfAbsent(path: string, bytes: Uint8Array): Promise<boolean> {
    const own = Uint8Array.from(bytes)
    return this.#write(path, folders => {
      const there = folders.read(path)
      if (there !== null) return Buffer.compare(there, own) === 0
      folders.write(path, own)
      this.#server.onChange(path)
      return true
    })
  }

  replace(path: string, bytes: Uint8Array): Promise<void> {
    const own = Uint8Array.from(bytes)
    return this.#write(path, folders => {
      folders.write(path, own)
      this.#server.onChange(path)
    })
  }

  read(path: string): Promise<Uint8Array | null> {
    return this.#call(path, folders => {
      const bytes = folders.read(path)
      return bytes === null ? null : Uint8Array.from(bytes)
    })
  }

  list(folder: string): Promise<readonly LakeFile[]> {
    return this.#call(folder, folders => folders.list(folder))
  }

  delete(path: string): Promise<void> {
    return this.#write(path, folders => {
      if (folders.delete(path)) this.#server.onChange(path)
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const end of this.#pending) end("closed before the answer came")
  }

  #write<T>(path: string, work: (folders: FakeFolders) => T): Promise<T> {
    return this.#call(path, folders => {
      const { isFull, faults } = this.#server
      if (isFull) throw unavailable("it is full")
      if (this.#server.happens(faults.refused)) throw unavailable("it takes no writes at the moment")
      return work(folders)
    })
  }

  async #call<T>(path: string, work: (folders: FakeFolders) => T): Promise<T> {
    assertLakePath(path)
    if (this.#isClosed) throw unavailable("it is closed")
    const server = this.#server
    return new Promise<T>((resolve, reject) => {
      const settle = (act: () => void) => {
        this.process.deliver(() => {
          if (!this.#pending.delete(end)) return
          giveUp()
          act()
        })
      }
      const end = (reason: string) => settle(() => reject(unavailable(reason)))
      const giveUp = this.process.after(FAKE_ANSWER_WAIT_MS, () => {
        end(`no answer within ${FAKE_ANSWER_WAIT_MS} ms`)
      })
      this.#pending.add(end)
      const execute = () => {
        const outcome = attempt(() => work(server.folders))
        server.travel(server.faults.latencyMs, () => {
          const isLost = server.isCut(this.#name) || server.happens(server.faults.replyLost)
          if (isLost) end("the connection was closed before the answer came")
          else settle(() => (outcome.ok ? resolve(outcome.value) : reject(outcome.error)))
        })
      }
      this.process.deliver(() => this.#send(execute, end))
    })
  }

  #send(execute: () => void, fail: (reason: string) => void): void {
    const server = this.#server
    const { latencyMs, late, lateMs } = server.faults
    server.travel(server.happens(late) ? lateMs : latencyMs, () => {
      const isLost = server.isCut(this.#name) || server.happens(server.faults.lost)
      if (isLost) fail("the connection was closed")
      else server.arrive(execute)
    })
  }
}

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

function attempt<T>(work: () => T): Outcome<T> {
  try {
    return { ok: true, value: work() }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { ok: false, error: error instanceof Fault ? error : unavailable(reason) }
  }
}

function unavailable(reason: string): Fault {
  return new Fault("HISTORY_UNAVAILABLE", `fake lake: ${reason}`)
}
