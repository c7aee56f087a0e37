import type { Aggregate } from "../../src/domain/aggregates.js"
import { changedBy, type GameEvent, type RawEvent, readEvent } from "../../src/domain/events.js"
import { evolve, type State } from "../../src/domain/states.js"
import { decode } from "../../src/log/codec.js"
import type { Commit } from "../../src/log/commit.js"
import type { LogRecord } from "../../src/ports/log.js"

/** One record according to the rules R2 to R4 and R22, worked out without the code under test. */
export interface ModelRecord {
  readonly offset: number
  readonly at: number
  /** After this record, in milliseconds. */
  readonly keyTime: number
  readonly commit: Commit | null
  readonly verdict: "effective" | "superseded" | "expired" | "premature" | "no commit"
  readonly linked: readonly Aggregate[]
}

export interface ModelDocument {
  readonly link: string | null
  readonly version: number
  readonly state: State
  /** Since an effective commit with an event of a newer build (R14). */
  readonly frozen?: { readonly code: string; readonly offset: number; readonly reason: string }
}

/** A command that happened. */
export interface ModelCommand {
  readonly id: string
  readonly digest: string
  readonly offset: number
  readonly at: number
  /** Key time after its record. */
  readonly keyTime: number
  readonly firstIndex: number
  readonly events: readonly GameEvent[]
  readonly commit: Commit
}

interface Version {
  /** The state from this offset on, including the record before it. */
  readonly from: number
  readonly document: ModelDocument
}

const NOTHING: ModelDocument = { link: null, version: 0, state: null }
const KEY_STEP_MAX_MS = 1000

export interface ModelOptions {
  readonly lagMax: number
  /** False to judge without expiry (R2): for the run that leaves that rule out. */
  readonly expiry?: boolean
}

/** What the log means, at every offset: the reference that the history is compared with. */
export class Model {
  readonly records: ModelRecord[] = []
  readonly commands = new Map<string, ModelCommand[]>()
  /** Links that do not chain, and events that cannot follow their state. */
  readonly problems: { readonly rule: "fork" | "fold"; readonly message: string }[] = []
  readonly #versions = new Map<Aggregate, Version[]>()
  readonly #lastClaim = new Map<string, number>()
  readonly #options: ModelOptions

  constructor(records: readonly LogRecord[], options: ModelOptions) {
    this.#options = options
    for (const record of records) this.#take(record)
  }

  get head(): number {
    return this.records.length
  }

  get aggregates(): Iterable<Aggregate> {
    return this.#versions.keys()
  }

  /** An aggregate after all records before an offset. */
  at(aggregate: Aggregate, offset: number): ModelDocument {
    const versions = this.#versions.get(aggregate) ?? []
    let low = 0
    let high = versions.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((versions[middle]?.from ?? 0) <= offset) low = middle + 1
      else high = middle
    }
    return versions[low - 1]?.document ?? NOTHING
  }

  /** Key time after all records before an offset. */
  keyTime(offset: number): number {
    return this.records[offset - 1]?.keyTime ?? 0
  }

  /** Whether a command had happened before an offset. */
  happened(id: string, offset: number): boolean {
    return (this.commands.get(id) ?? []).some(command => command.offset < offset)
  }

  #take({ offset, at: appendedAt, bytes }: LogRecord): void {
    const before = this.records.at(-1)
    // A hole has no time of its own.
    const at = bytes.length === 0 && before !== undefined ? before.at : appendedAt
    const step = before === undefined ? 0 : Math.min(Math.max(at - before.at, 0), KEY_STEP_MAX_MS)
    const keyTime = (before?.keyTime ?? 0) + step
    const decoded = decode(bytes)
    if (decoded.kind !== "commit") {
      this.records.push({ offset, at, keyTime, commit: null, verdict: "no commit", linked: [] })
      return
    }
    const { commit } = decoded
    const { verdict, linked } = this.#judge(offset, commit)
    const record = { offset, at, keyTime, commit, verdict, linked }
    this.records.push(record)
    this.#fold(record, commit)
  }

  /** R2 to R4, by the wording of R5's query: a slot is taken when its last claim lies within LAG_MAX. */
  #judge(offset: number, commit: Commit): Pick<ModelRecord, "verdict" | "linked"> {
    const { lagMax, expiry = true } = this.#options
    if (commit.seen > offset) return { verdict: "premature", linked: [] }
    if (expiry && offset - commit.seen > lagMax) return { verdict: "expired", linked: [] }
    const aggregates = Object.keys(commit.on) as Aggregate[]
    const linked = aggregates.filter(aggregate => {
      const last = this.#lastClaim.get(slot(aggregate, commit))
      return last === undefined || offset - last > lagMax
    })
    for (const aggregate of aggregates) this.#lastClaim.set(slot(aggregate, commit), offset)
    return { verdict: linked.length === aggregates.length ? "effective" : "superseded", linked }
  }

  #fold({ offset, at, keyTime, verdict, linked }: ModelRecord, commit: Commit): void {
    const after = new Map<Aggregate, ModelDocument>()
    for (const aggregate of linked) {
      const document = this.at(aggregate, offset)
      const prev = commit.on[aggregate] ?? null
      if (document.link !== prev) {
        const message = `@${offset}: ${aggregate} builds on ${prev}, its link was ${document.link}`
        this.problems.push({ rule: "fork", message })
      }
      after.set(aggregate, { ...document, link: commit.id })
    }
    const newer = commit.commands.flatMap(command => command.events).map(event => readEvent(event))
    const unread = newer.find(({ kind }) => kind === "newer")
    if (verdict === "effective" && unread?.kind === "newer") freeze(after, offset, unread.reason)
    else if (verdict === "effective") this.#foldCommands({ offset, at, keyTime }, commit, after)
    for (const [aggregate, document] of after) this.#remember(aggregate, offset + 1, document)
  }

  #foldCommands(
    place: Pick<ModelCommand, "offset" | "at" | "keyTime">,
    commit: Commit,
    after: Map<Aggregate, ModelDocument>,
  ): void {
    const changed = new Set<Aggregate>()
    let firstIndex = 0
    for (const { id, digest, events: raw } of commit.commands) {
      const events = raw.map(one => this.#read(one, place.offset)).filter(event => event !== null)
      for (const [i, event] of events.entries()) {
        for (const aggregate of changedBy(event)) {
          this.#evolve(aggregate, event, { offset: place.offset, index: firstIndex + i }, after)
          changed.add(aggregate)
        }
      }
      const known = this.commands.get(id) ?? []
      this.commands.set(id, [...known, { ...place, id, digest, firstIndex, events, commit }])
      firstIndex += events.length
    }
    for (const aggregate of changed) {
      const document = after.get(aggregate) ?? NOTHING
      if (document.frozen === undefined) after.set(aggregate, { ...document, version: document.version + 1 })
    }
  }

  #read(raw: RawEvent, offset: number): GameEvent | null {
    const read = readEvent(raw)
    if (read.kind === "event") return read.event
    this.problems.push({ rule: "fold", message: `@${offset}: ${read.reason}` })
    return null
  }

  #evolve(
    aggregate: Aggregate,
    event: GameEvent,
    { offset, index }: { readonly offset: number; readonly index: number },
    after: Map<Aggregate, ModelDocument>,
  ): void {
    const document = after.get(aggregate) ?? this.at(aggregate, offset)
    if (document.frozen !== undefined) return
    const state = evolve(aggregate, document.state, event, `${offset}-${index}`)
    if (state !== undefined) after.set(aggregate, { ...document, state })
    else this.problems.push({ rule: "fold", message: `@${offset}: ${event.type} cannot follow ${aggregate}` })
  }

  #remember(aggregate: Aggregate, from: number, document: ModelDocument): void {
    const versions = this.#versions.get(aggregate)
    if (versions === undefined) this.#versions.set(aggregate, [{ from, document }])
    else versions.push({ from, document })
  }
}

function freeze(after: Map<Aggregate, ModelDocument>, offset: number, reason: string): void {
  for (const [aggregate, document] of after) {
    const frozen = document.frozen ?? { code: "NEEDS_NEWER_BUILD", offset, reason }
    after.set(aggregate, { ...document, frozen })
  }
}

function slot(aggregate: string, commit: Commit): string {
  return `${aggregate} ${commit.on[aggregate] ?? ""}`
}
