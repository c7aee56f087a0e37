import { Fifo } from "../lib/fifo.js"
import { type PlacedCommand, placedCommands } from "../log/effect.js"
import type { Judged } from "../log/judged.js"

/** How much of the log is kept in memory: minutes of full load. */
export const BUFFER_BYTES_MAX = 256 * 1024 * 1024

/**
 * A record in memory takes about this many times its bytes in the log, plus a fixed number of bytes. Measured by heap
 * size, at 340 and 4,600 bytes, each record by another player: when few players buy much, it takes a third less.
 */
const BYTES_FACTOR = 2
const BYTES_PER_RECORD = 1000

/** The last judged records, without a gap up to the tail's position, indexed by aggregate and by command. */
export class RecordBuffer {
  readonly #bytesMax: number
  readonly #records = new Fifo<Judged>()
  readonly #byAggregate = new Map<string, Fifo<Judged>>()
  readonly #byCommand = new Map<string, Judged>()
  #bytes = 0
  #from: number
  #evicted = false

  constructor(from: number, bytesMax = BUFFER_BYTES_MAX) {
    this.#from = from
    this.#bytesMax = bytesMax
  }

  /** The first offset that it holds. */
  get from(): number {
    return this.#from
  }

  /** Exclusive. */
  get end(): number {
    return this.#from + this.#records.length
  }

  /** An estimate of the memory in use. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether it has filled up and evicts the oldest records. */
  get evicting(): boolean {
    return this.#evicted
  }

  /** Whether it holds all records from an offset to the tail. */
  covers(offset: number): boolean {
    return offset >= this.#from && offset <= this.end
  }

  push(judged: Judged): void {
    this.#records.push(judged)
    this.#bytes += cost(judged)
    for (const aggregate of Object.keys(judged.commit?.on ?? {})) this.#index(aggregate, judged)
    for (const id of commandIds(judged)) this.#byCommand.set(id, judged)
    while (this.#bytes > this.#bytesMax && this.#records.length > 1) this.#evict()
  }

  record(offset: number): Judged | undefined {
    return offset < this.#from ? undefined : this.#records.at(offset - this.#from)
  }

  /** The records from an offset on. */
  since(offset: number): IterableIterator<Judged> {
    return this.#records.from(Math.max(0, offset - this.#from))
  }

  /** The records that name an aggregate, from an offset on. */
  *about(aggregate: string, offset: number): IterableIterator<Judged> {
    const records = this.#byAggregate.get(aggregate)
    if (records === undefined) return
    yield* records.from(records.firstIndex(judged => judged.offset >= offset))
  }

  /** A command that happened at an offset or later. */
  command(id: string, offset: number): PlacedCommand | undefined {
    const judged = this.#byCommand.get(id)
    if (judged === undefined || judged.offset < offset) return undefined
    return placedCommands(judged).find(command => command.id === id)
  }

  #index(aggregate: string, judged: Judged): void {
    const records = this.#byAggregate.get(aggregate) ?? new Fifo()
    if (records.length === 0) this.#byAggregate.set(aggregate, records)
    records.push(judged)
  }

  #evict(): void {
    const judged = this.#records.shift()
    if (judged === undefined) return
    this.#evicted = true
    this.#from += 1
    this.#bytes -= cost(judged)
    for (const aggregate of Object.keys(judged.commit?.on ?? {})) {
      const records = this.#byAggregate.get(aggregate)
      records?.shift()
      if (records?.length === 0) this.#byAggregate.delete(aggregate)
    }
    for (const id of commandIds(judged)) {
      if (this.#byCommand.get(id) === judged) this.#byCommand.delete(id)
    }
  }
}

function commandIds({ effect }: Judged): string[] {
  return effect?.kind === "events" ? effect.commands.map(({ id }) => id) : []
}

function cost(judged: Judged): number {
  return judged.size * BYTES_FACTOR + BYTES_PER_RECORD
}
