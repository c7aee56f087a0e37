import type { Aggregate } from "../domain/aggregates.js"
import type { Envelope } from "../log/commit.js"
import { placedCommands } from "../log/effect.js"
import type { Judged } from "../log/judged.js"
import { noVerdicts, type Verdicts } from "../log/verdicts.js"
import type { Document } from "../projections/document.js"
import { CommandWindow } from "./commandWindow.js"
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
