import type { Aggregate } from "../domain/aggregates.js"
import { encodeCommit } from "../log/codec.js"
import { placedCommands } from "../log/effect.js"
import type { Judged } from "../log/judged.js"
import { type AggregateQueue, asOfNow } from "./aggregateQueue.js"
import { CommitSender } from "./commitSender.js"
import type { CommandGroup } from "./groups.js"
import { InFlightCommit } from "./inFlightCommit.js"
import type { CommandParts } from "./parts.js"
import { RoundTrip } from "./pause.js"
import { recordedEvents } from "./pendingCommand.js"

/** An unread verdict blocks its aggregates for at most this long, then a rival is sent (R24). */
const VERDICT_WAIT_MS = 1000

type InFlightParts = Omit<CommandParts, "stateReader" | "keyRetention">

export interface InFlightEvents {
  /** A verdict was read, a wait for one has ended, or a pause: the heads of these queues may be ready now. */
  freed(queues: Iterable<AggregateQueue>): void
}

/** The commits in flight: from a round's groups, through the sender, to the verdicts that the tail reads. */
export class InFlightCommits {
  readonly #options: InFlightParts
  readonly #events: InFlightEvents
  readonly #inFlight = new Map<string, InFlightCommit>()
  readonly #sender: CommitSender
  readonly #roundTrip = new RoundTrip()

  constructor(options: InFlightParts, events: InFlightEvents) {
    this.#options = options
    this.#events = events
    this.#sender = new CommitSender(options.log, options.clock, {
      sending: commits => {
        for (const inFlight of commits) inFlight.sent(options.clock.now())
      },
      notStored: (commits, error) => {
        for (const inFlight of commits) inFlight.notStored(error)
      },
      appended: (outcome, tookMs, fault) => {
        options.stats.appends.observe({ outcome }, tookMs / 1000)
        options.stats.lastAppend = { at: options.clock.now(), fault }
      },
      dropped: inFlight => this.#drop(inFlight),
    })
  }

  /** How many commits await their verdict. */
  get count(): number {
    return this.#inFlight.size
  }

  /** How many commands are in one of them and not answered yet. */
  commands(): number {
    const all = [...this.#inFlight.values()].flatMap(({ commands }) => commands)
    return new Set(all.filter(({ done }) => !done)).size
  }

  /** Makes one commit of each group and sends them all together. */
  send(groups: Iterable<CommandGroup>): void {
    const commits = Array.from(groups, group => this.#commitOf(group))
    if (commits.length > 0) this.#sender.send(commits)
  }

  /** Resolves once nothing is being sent. */
  idle(): Promise<void> {
    return this.#sender.idle()
  }

  /** Takes each judged record, of this process or another. */
  judged(record: Judged): void {
    const { commit } = record
    if (commit === null) return
    for (const aggregate of Object.keys(commit.on)) {
      this.#options.queues.find(aggregate as Aggregate)?.fold(record)
    }
    const inFlight = this.#inFlight.get(commit.id)
    if (inFlight !== undefined) this.#settle(inFlight, record)
  }

  /**
   * Stops waiting for verdicts that take too long, so that commands go on after a fault (I7). Commits that
   * have become obsolete are forgotten, as an outage may last.
   */
  sweep(): void {
    const { tail, clock } = this.#options
    const now = clock.now()
    for (const inFlight of this.#inFlight.values()) {
      if (inFlight.sentAt === null) continue
      const late = now - inFlight.sentAt >= VERDICT_WAIT_MS
      const expired = inFlight.hasExpired(tail.position, tail.genesis.lagMax)
      if (expired || (late && inFlight.isObsolete())) this.#drop(inFlight)
      else if (late) this.#release(inFlight)
    }
  }

  #commitOf(group: CommandGroup): InFlightCommit {
    const { rules, tail, clock, newId } = this.#options
    const id = newId()
    const seen = tail.position
    const queues = [...group.queues.values()]
    const on = Object.fromEntries(queues.map(queue => [queue.aggregate, rules.basisOf(queue)]))
    const commands = group.commands.map(({ pending: { command }, events }) => {
      return { id: command.id, digest: command.digest, events }
    })
    const bytes = encodeCommit({ id, seen, at: clock.now(), on, commands })
    const pendings = group.commands.map(({ pending }) => pending)
    const inFlight = new InFlightCommit({ id, seen, on, bytes, queues, commands: pendings })
    inFlight.begin()
    this.#inFlight.set(id, inFlight)
    return inFlight
  }

  #settle(inFlight: InFlightCommit, record: Judged): void {
    const { clock, stats } = this.#options
    this.#forget(inFlight)
    const now = clock.now()
    const won = record.verdict === "effective"
    if (inFlight.sentAt !== null) this.#roundTrip.took(now - inFlight.sentAt)
    for (const queue of inFlight.queues) if (!won || queue.rivalSeen) this.#pause(queue)
    stats.verdicts[record.verdict] += 1
    if (won) this.#answer(inFlight, record)
    else stats.retries += inFlight.commands.filter(({ done }) => !done).length
    this.#release(inFlight)
  }

  /** The pause ends with its timer, not by the wall clock: a timer may fire a little early by that. */
  #pause(queue: AggregateQueue): void {
    const { rules, clock, random } = this.#options
    queue.pause()
    clock.after(rules.rivalPause(this.#roundTrip.ms, random), () => {
      queue.resume()
      this.#events.freed([queue])
    })
  }

  /** Only what was read back from the log is acknowledged (I1). */
  #answer(inFlight: InFlightCommit, record: Judged): void {
    const effective = placedCommands(record)
    for (const [i, pending] of inFlight.commands.entries()) {
      const command = effective[i]
      if (pending.done || command === undefined) continue
      const now = asOfNow(this.#options.queues.of(pending))
      const events = recordedEvents(command)
      pending.finish({ events, refusal: null, replayed: false, position: record.offset + 1, ...now })
    }
  }

  /** It is void for certain (never sent, expired, or overtaken wherever it may land), or nobody waits for it. */
  #drop(inFlight: InFlightCommit): void {
    this.#forget(inFlight)
    this.#release(inFlight)
  }

  /** Its outcome is known, or no longer matters. A refusal may have waited for that. */
  #forget(inFlight: InFlightCommit): void {
    inFlight.end()
    this.#inFlight.delete(inFlight.id)
    this.#events.freed(inFlight.queues)
  }

  #release(inFlight: InFlightCommit): void {
    this.#events.freed(inFlight.release())
  }
}
