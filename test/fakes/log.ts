import { assertAppendable } from "../../src/log/appendable.js"
import { Fault, type FaultCode } from "../../src/ports/faults.js"
import { type Log, type LogBatch } from "../../src/ports/log.js"
import type { ProcessClock } from "./clock.js"
import type { FakeLogServer, Span } from "./logServer.js"

/** How long a process waits for an answer before it gives up. */
export const FAKE_ANSWER_WAIT_MS = 2_000

/** What becomes of an append on its way. */
type Fate = "stored" | "lost" | "late" | "reply lost" | "partial"

/** One call that has arrived: the server answers it, or not. */
interface Arrived<T> {
  answer(value: T): void
  refuse(reason: string): void
}

/**
 * The log as one process of a simulation has it. Whatever reaches the process waits while it is paused and never comes
 * once it is dead; what it has sent goes on without it.
 */
export class FakeLog implements Log {
  readonly process: ProcessClock
  readonly #server: FakeLogServer
  readonly #name: string
  /** Wakes a read that waits. */
  readonly #waiting = new Set<() => void>()
  /** Ends a call that has no answer yet. */
  readonly #pending = new Set<(reason: string) => void>()
  #isClosed = false

  constructor(server: FakeLogServer, name: string, process: ProcessClock) {
    this.#server = server
    this.#name = name
    this.process = process
  }

  async append(records: readonly Uint8Array[]): Promise<void> {
    assertAppendable(records)
    if (records.length === 0 && !this.#isClosed) return
    const copies = records.map(record => Uint8Array.from(record))
    const fate = this.#drawFate()
    const isRefused = this.#server.happens(0.5)
    await this.#call<void>("OUTCOME_UNKNOWN", this.#server.faults.appendMs, call => {
      if (this.#server.isFull) return call.refuse("the disk is full")
      if (fate === "lost" && isRefused) call.refuse("the connection was closed before it was sent")
      if (fate === "stored" || fate === "reply lost") this.#store(copies)
      if (fate === "partial") this.#store(copies.slice(0, this.#server.pick(copies.length)))
      if (fate === "late") this.#later(this.#server.faults.lateMs, () => this.#store(copies))
      if (fate === "stored") call.answer()
    })
  }

  async *read(from: number, signal: AbortSignal): AsyncGenerator<LogBatch, void> {
    let next = from
    while (!this.#isClosed && !signal.aborted) {
      const batch = this.#server.fetch(this.#name, next)
      if (batch === null) await this.#change(signal)
      else {
        await new Promise<void>(resolve =>
          this.#travel(this.#server.faults.readMs, () => this.#reach(resolve)),
        )
        if (this.#isClosed || signal.aborted) return
        next += batch.records.length
        yield batch
      }
    }
  }

  bounds(): Promise<{ readonly start: number; readonly head: number }> {
    const { boundsMs, lost } = this.#server.faults
    return this.#call("LOG_UNAVAILABLE", boundsMs, call => {
      if (!this.#server.happens(lost))
        call.answer({ start: this.#server.start, head: this.#server.records.length })
    })
  }

  async probe(): Promise<void> {
    if (this.#isClosed) throw new Fault("LOG_UNAVAILABLE", "fake log: it is closed")
    if (!this.#server.isReachable(this.#name)) throw new Fault("LOG_UNAVAILABLE", "fake log: unreachable")
    if (this.#server.isFull) throw new Fault("LOG_UNAVAILABLE", "fake log: the disk is full")
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#server.disconnect(this)
    this.wake()
    for (const end of this.#pending) end("closed before the answer came")
  }

  /** There may be something to read, or nothing any more. */
  wake(): void {
    for (const wake of this.#waiting) this.#reach(wake)
  }

  #drawFate(): Fate {
    const { lost, replyLost, late, partial } = this.#server.faults
    if (this.#server.happens(lost)) return "lost"
    if (this.#server.happens(replyLost)) return "reply lost"
    if (this.#server.happens(late)) return "late"
    return this.#server.happens(partial) ? "partial" : "stored"
  }

  #store(records: readonly Uint8Array[]): void {
    if (!this.#server.isReachable(this.#name)) return
    this.#server.store(records)
    const { doubled, doubledMs } = this.#server.faults
    if (this.#server.happens(doubled)) this.#later(doubledMs, () => this.#server.store(records))
  }

  /** `unanswered`: the caller's error when no answer comes. */
  #call<T>(unanswered: FaultCode, way: Span, arrive: (call: Arrived<T>) => void): Promise<T> {
    if (this.#isClosed) return Promise.reject(new Fault("LOG_UNAVAILABLE", "fake log: it is closed"))
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        if (this.#pending.delete(end)) act()
        giveUp()
      }
      const end = (reason: string) => {
        settle(() => reject(new Fault(unanswered, `fake log: ${reason}`)))
      }
      const back = (act: () => void) => {
        this.#travel(way, () => {
          if (this.#server.isReachable(this.#name)) this.#reach(() => settle(act))
        })
      }
      const refuse = (reason: string) => {
        this.#reach(() => settle(() => reject(new Fault("LOG_UNAVAILABLE", `fake log: ${reason}`))))
      }
      const giveUp = this.process.after(FAKE_ANSWER_WAIT_MS, () => {
        end(`no answer within ${FAKE_ANSWER_WAIT_MS} ms`)
      })
      this.#pending.add(end)
      this.#reach(() => {
        this.#travel(way, () => {
          if (!this.#server.isReachable(this.#name)) refuse("unreachable")
          else arrive({ answer: value => back(() => resolve(value)), refuse })
        })
      })
    })
  }

  /** Resolves when there may be more to read, or when the read ends. */
  #change(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const wake = () => {
        signal.removeEventListener("abort", wake)
        this.#waiting.delete(wake)
        resolve()
      }
      signal.addEventListener("abort", wake)
      this.#waiting.add(wake)
    })
  }

  /** In flight through the network, which a paused or dead process does not stop. */
  #travel(way: Span, call: () => void): void {
    if (way[1] === 0) queueMicrotask(call)
    else this.#later(way, call)
  }

  #later(delay: Span, call: () => void): void {
    this.#server.clock.after(this.#server.span(delay), call)
  }

  #reach(call: () => void): void {
    this.process.deliver(call)
  }
}
