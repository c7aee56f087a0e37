import { setTimeout as sleep } from "node:timers/promises"
import { Latencies } from "../../../src/load/latencies.js"
import type { Turn } from "../../comparison/comparison.js"
import type { EventLoop } from "../../comparison/eventLoop.js"
import { openLoop } from "../../comparison/openLoop.js"
import { ownMemory, processorTime } from "../../comparison/processes.js"
import { BUY, groupName, monotonicNow, type Received } from "./protocol.js"
import type { NoticeSide } from "./side.js"

/** How long the last notices may take; whatever is missing then is lost. */
const LAST_WITHIN_MS = 10_000
const LOOK_MS = 50

/** One side under purchases at a fixed rate: one a second in each group. */
export class Watched {
  readonly #side: NoticeSide
  readonly #idle: EventLoop
  readonly #problems: string[] = []
  #bytes = 0
  #received = 0
  #bought = 0

  /** `idle`: the event loop of a process that does nothing. */
  constructor(side: NoticeSide, idle: EventLoop) {
    this.#side = side
    this.#idle = idle
  }

  /** Of a notice's message. */
  get meanBytes(): number {
    return this.#bytes / this.#received
  }

  /** What went wrong in any turn, and in the final state. */
  async verify(): Promise<readonly string[]> {
    return [
      ...this.#problems.map(problem => `${this.#side.name}: ${problem}`),
      ...(await this.#side.verify()),
    ]
  }

  async turn(durationMs: number): Promise<Turn> {
    const { pid, audience } = this.#side
    const before = await processorTime([pid])
    await this.#side.eventLoop.takeAbove(this.#idle)
    const due = await this.#buy(durationMs)
    const expected = due.size * (audience.subscribers / audience.groups)
    const { latencies, closed } = await this.#notices(due, expected)
    const eventLoop = await this.#side.eventLoop.takeAbove(this.#idle)
    const cost = ((await processorTime([pid])) - before) / latencies.count
    const dropped = closed + expected - latencies.count
    if (dropped > 0)
      this.#problems.push(`${closed} sockets closed, ${expected - latencies.count} notices missing`)
    const memory = await ownMemory(pid)
    return { p50: latencies.at(50), p99: latencies.at(99), cost, memory, dropped, eventLoop }
  }

  /** When each purchase was due, by its id. */
  async #buy(durationMs: number): Promise<ReadonlyMap<string, number>> {
    const { url, audience, playerOf } = this.#side
    const due = new Map<string, number>()
    const begin = monotonicNow() - performance.now()
    await openLoop({
      url,
      perSecond: audience.groups,
      durationMs,
      body: () => {
        const group = this.#bought++ % audience.groups
        const input = { playerId: playerOf(group), swordType: "wooden-sword", region: groupName(group) }
        return JSON.stringify({ query: BUY, variables: { input } })
      },
      answered: (text, dueAt) => {
        const id: string | undefined = JSON.parse(text).data?.buySword?.purchase?.id
        if (id === undefined) throw new Error(`${this.#side.name}: expected a purchase, got ${text}`)
        due.set(id, begin + dueAt)
      },
    })
    return due
  }

  async #notices(due: ReadonlyMap<string, number>, expected: number) {
    const latencies = new Latencies()
    let closed = 0
    const until = performance.now() + LAST_WITHIN_MS
    for (;;) {
      for (const received of await this.#side.audience.take()) {
        closed += received.closed
        this.#count(received, due, latencies)
      }
      if (latencies.count >= expected || performance.now() > until) return { latencies, closed }
      await sleep(LOOK_MS)
    }
  }

  #count(
    { notices, bytes, problems }: Received,
    due: ReadonlyMap<string, number>,
    latencies: Latencies,
  ): void {
    this.#problems.push(...problems)
    this.#bytes += bytes
    for (const [id, times] of Object.entries(notices)) {
      this.#received += times.length
      const dueAt = due.get(id)
      if (dueAt === undefined) this.#problems.push(`a notice of ${id}, which was not bought in this turn`)
      else for (const at of times) latencies.add(at - dueAt)
    }
  }
}
