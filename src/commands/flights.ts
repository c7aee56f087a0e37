import type { Aggregate } from "../domain/aggregates.js"
import type { Clock, Random } from "../lib/clock.js"
import { encodeCommit } from "../log/codec.js"
import { placedCommands } from "../log/effect.js"
import type { Judged } from "../log/judged.js"
import { Fault } from "../ports/faults.js"
import type { Log } from "../ports/log.js"
import { foldDocument } from "../projections/document.js"
import type { Tail } from "../tail/tail.js"
import { type Flight, isOfNoUse } from "./flight.js"
import type { Group } from "./groups.js"
import { asOfNow, basisOf, type Lane } from "./lane.js"
import type { Lanes } from "./lanes.js"
import { RoundTrip, rivalPause } from "./pause.js"
import { placedEvents } from "./pending.js"
import { Sender } from "./sender.js"
import type { CommandStats } from "./stats.js"

/** An unread verdict blocks its aggregates for at most this long, then a rival is sent (R24). */
const VERDICT_WAIT_MS = 1000

export interface FlightsOptions {
  readonly log: Log
  readonly tail: Tail
  readonly clock: Clock
  readonly random: Random
  readonly newId: () => string
  readonly lanes: Lanes
  readonly stats: CommandStats
  /** The heads of these lanes may be ready now. */
  readonly touch: (lanes: Iterable<Lane>) => void
}

/** The commits on their way: from a round's groups over the sender to the verdicts that the tail reads. */
export class Flights {
  readonly #options: FlightsOptions
  readonly #flights = new Map<string, Flight>()
  readonly #sender: Sender
  readonly #roundTrip = new RoundTrip()

  constructor(options: FlightsOptions) {
    this.#options = options
    this.#sender = new Sender(options.log, options.clock, {
      sending: flights => this.#sending(flights),
      notStored: (flights, error) => this.#notStored(flights, error),
      appended: (outcome, tookMs, fault) => {
        options.stats.appends[outcome].tookMs(tookMs)
        options.stats.lastAppend = { at: options.clock.now(), fault }
      },
      dropped: flight => this.#drop(flight),
    })
  }

  /** Commits whose verdict is waited for. */
  get count(): number {
    return this.#flights.size
  }

  /** Commands that are in one of them, and not answered. */
  commands(): number {
    const flying = [...this.#flights.values()].flatMap(({ commands }) => commands)
    return new Set(flying.filter(({ done }) => !done)).size
  }

  /** Makes a commit of each group and sends them together. */
  depart(groups: Iterable<Group>): void {
    const flights = Array.from(groups, group => this.#board(group))
    if (flights.length > 0) this.#sender.send(flights)
  }

  /** Resolves once nothing is being sent. */
  idle(): Promise<void> {
    return this.#sender.idle()
  }

  /** Takes a judged record, of this process or another. */
  judged(record: Judged): void {
    const { commit } = record
    if (commit === null) return
    for (const aggregate of Object.keys(commit.on)) this.#follow(aggregate as Aggregate, record)
    const flight = this.#flights.get(commit.id)
    if (flight !== undefined) this.#settle(flight, record)
  }

  /** Gives up waiting for verdicts that take too long. What nobody waits for is forgotten: an outage may last. */
  sweep(): void {
    const now = this.#options.clock.now()
    for (const flight of this.#flights.values()) {
      if (flight.sentAt === null) continue
      const late = now - flight.sentAt >= VERDICT_WAIT_MS
      if (this.#hasExpired(flight) || (late && isOfNoUse(flight))) this.#drop(flight)
      else if (late) this.#release(flight)
    }
  }

  #board(group: Group): Flight {
    const { tail, clock, newId } = this.#options
    const id = newId()
    const seen = tail.position
    const lanes = [...group.lanes.values()]
    const on = Object.fromEntries(lanes.map(lane => [lane.aggregate, basisOf(lane)]))
    const commands = group.commands.map(({ pending: { command }, events }) => {
      return { id: command.id, digest: command.digest, events }
    })
    const bytes = encodeCommit({ id, seen, at: clock.now(), on, commands })
    const pendings = group.commands.map(({ pending }) => pending)
    const deadline = Math.min(...pendings.map(pending => pending.deadline))
    const about = { id, seen, on, bytes, lanes, commands: pendings, deadline }
    const flight: Flight = { ...about, sentAt: null, over: false }
    for (const lane of lanes) lane.board(id)
    this.#flights.set(id, flight)
    return flight
  }

  #sending(flights: readonly Flight[]): void {
    for (const flight of flights) {
      flight.sentAt = this.#options.clock.now()
      for (const pending of flight.commands) pending.sent(flight.id)
    }
  }

  #notStored(flights: readonly Flight[], error: Fault): void {
    for (const flight of flights) {
      flight.sentAt = null
      for (const pending of flight.commands) pending.notSent(flight.id, error)
    }
  }

  #follow(aggregate: Aggregate, record: Judged): void {
    const lane = this.#options.lanes.find(aggregate)
    if (lane?.document == null) return
    lane.document = foldDocument(aggregate, lane.document, record)
    if (lane.inFlight !== null && lane.inFlight !== record.commit?.id) lane.rivalSeen = true
  }

  #settle(flight: Flight, record: Judged): void {
    const { clock, stats } = this.#options
    this.#forget(flight)
    const now = clock.now()
    const won = record.verdict === "effective"
    if (flight.sentAt !== null) this.#roundTrip.took(now - flight.sentAt)
    for (const lane of flight.lanes) if (!won || lane.rivalSeen) this.#pause(lane)
    stats.verdicts[record.verdict] += 1
    if (won) this.#answer(flight, record)
    else stats.retries += flight.commands.filter(({ done }) => !done).length
    this.#release(flight)
  }

  /** The timer's end is the pause's end: a timer may go off a little before the wall clock says so. */
  #pause(lane: Lane): void {
    lane.pauses += 1
    this.#options.clock.after(rivalPause(this.#roundTrip.ms, this.#options.random), () => {
      lane.pauses -= 1
      this.#options.touch([lane])
    })
  }

  #answer(flight: Flight, record: Judged): void {
    const happened = placedCommands(record)
    for (const [i, pending] of flight.commands.entries()) {
      const command = happened[i]
      if (pending.done || command === undefined) continue
      const now = asOfNow(this.#options.lanes.of(pending))
      const events = placedEvents(command)
      pending.finish({ events, refusal: null, replayed: false, position: record.offset + 1, ...now })
    }
  }

  /** It is void for sure (never sent, expired or overtaken wherever it may still land), or nobody waits for it. */
  #drop(flight: Flight): void {
    this.#forget(flight)
    this.#release(flight)
  }

  /** What became of it is known. A refusal may have waited for that. */
  #forget(flight: Flight): void {
    flight.over = true
    this.#flights.delete(flight.id)
    for (const pending of flight.commands) pending.unknown.delete(flight.id)
    this.#options.touch(flight.lanes)
  }

  #hasExpired({ seen }: Flight): boolean {
    const { tail } = this.#options
    return tail.position > seen + tail.genesis.lagMax
  }

  /** Its lanes are free again, those that still wait for it. */
  #release(flight: Flight): void {
    const waiting = flight.lanes.filter(({ inFlight }) => inFlight === flight.id)
    for (const lane of waiting) lane.release()
    this.#options.touch(waiting)
  }
}
