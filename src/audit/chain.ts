import type { Aggregate } from "../domain/aggregates.js"
import type { Envelope } from "../log/commit.js"
import { placedCommands } from "../log/effect.js"
import type { Judged } from "../log/judged.js"
import { noVerdicts, type Verdicts } from "../log/verdicts.js"
import type { Document } from "../projections/document.js"
import { keyBucket } from "../projections/keyRetention.js"
import type { Findings } from "./findings.js"

/** A record that is not one of our commits (R13). */
export interface DeadLetter {
  readonly offset: number
  readonly reason: string
}

/** How many dead letters are kept to show; all are counted. */
const DEAD_LETTERS_MAX = 20

/**
 * Proves the log itself, record by record and before each is folded: each effective commit builds on the true link of
 * each of its aggregates, so an aggregate's history is one chain; and no command happened twice.
 */
export class ChainProof {
  readonly #findings: Findings
  readonly #window: CommandWindow
  readonly #verdicts = noVerdicts()
  readonly #deadLetters: DeadLetter[] = []

  constructor(findings: Findings, keyRetention: number) {
    this.#findings = findings
    this.#window = new CommandWindow(keyRetention)
  }

  get verdicts(): Readonly<Verdicts> {
    return this.#verdicts
  }

  get deadLetters(): readonly DeadLetter[] {
    return this.#deadLetters
  }

  /** `document` returns an aggregate as of before the record. */
  take(record: Judged, keyTime: number, document: (aggregate: Aggregate) => Document): void {
    this.#verdicts[record.verdict] += 1
    if (record.verdict === "dead") this.#deadLetter(record)
    if (record.verdict !== "effective" || record.commit === null) return
    this.#checkLinks(record.offset, record.commit, document)
    for (const { id } of placedCommands(record)) this.#checkOnce(id, record.offset, keyTime)
  }

  #checkLinks(offset: number, commit: Envelope, document: (aggregate: Aggregate) => Document): void {
    for (const [name, link] of Object.entries(commit.on)) {
      const expected = document(name as Aggregate).link
      if (link === expected) continue
      const field = `link built on at offset ${offset}`
      this.#findings.add({ kind: "fork", subject: name, field, expected, found: link })
    }
  }

  #checkOnce(id: string, offset: number, keyTime: number): void {
    const before = this.#window.note(id, { offset, keyTime })
    if (before === null) return
    const expected = `once within the key retention, at offset ${before.offset}`
    const found = `again at offset ${offset}, ${keyTime - before.keyTime} ms of key time later`
    this.#findings.add({ kind: "doubled", subject: id, field: "", expected, found })
  }

  #deadLetter({ offset, reason }: Judged): void {
    if (this.#deadLetters.length < DEAD_LETTERS_MAX)
      this.#deadLetters.push({ offset, reason: reason ?? "unknown" })
  }
}

/** Where a command happened. */
interface CommandPlace {
  readonly offset: number
  /** In milliseconds. */
  readonly keyTime: number
}

/**
 * The commands of the last key retention, by id. They lie in buckets of half the retention, as in the views, which keeps
 * each map far from a Map's limit of 16.7 million entries: 9,000 commands a second for half an hour.
 */
class CommandWindow {
  readonly #keyRetention: number
  readonly #buckets = new Map<number, Map<string, CommandPlace>>()

  constructor(keyRetention: number) {
    this.#keyRetention = keyRetention
  }

  /** Notes a command; returns where it happened before within the retention, or null. Key time never steps back. */
  note(id: string, place: CommandPlace): CommandPlace | null {
    const before = this.#find(id)
    this.#bucket(place.keyTime).set(id, place)
    const within = before !== undefined && place.keyTime - before.keyTime <= this.#keyRetention
    return within ? before : null
  }

  #find(id: string): CommandPlace | undefined {
    let last: CommandPlace | undefined
    for (const places of this.#buckets.values()) last = places.get(id) ?? last
    return last
  }

  #bucket(keyTime: number): Map<string, CommandPlace> {
    const index = keyBucket(keyTime, this.#keyRetention)
    const known = this.#buckets.get(index)
    if (known !== undefined) return known
    const made = new Map<string, CommandPlace>()
    this.#buckets.set(index, made)
    // The retention spans the current bucket and the two before it.
    for (const old of this.#buckets.keys()) if (old < index - 2) this.#buckets.delete(old)
    return made
  }
}
