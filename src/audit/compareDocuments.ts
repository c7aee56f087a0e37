import { type Aggregate, parseAggregate } from "../domain/aggregates.js"
import type { Checkpoint } from "../ports/viewStore.js"
import { NO_DOCUMENT } from "../projections/document.js"
import { NO_PURCHASES, purchasesName } from "../projections/purchases.js"
import { areEqual, parseJson } from "./difference.js"
import type { Findings } from "./findings.js"
import type { AuditFold } from "./fold.js"
import type { ViewReader } from "./viewReader.js"

/** What all comparisons need. */
export interface Comparison {
  readonly views: ViewReader
  readonly fold: AuditFold
  readonly findings: Findings
  /** Folds forward to an answer's checkpoint, so that both are as of the same offset. */
  readonly foldTo: (checkpoint: Checkpoint) => Promise<void>
  readonly progress: (done: number, total: number) => void
}

/** At most this many aggregates in one call to the store; a player takes two names. */
const AGGREGATES_MAX = 200

/**
 * Compares the views with the document of every aggregate that the fold knows so far, and with every player's purchases.
 * Extra documents in the views, under names that no commit uses, cannot be seen: a store does not list its documents.
 * Returns how many documents were compared.
 */
export async function compareDocuments(comparison: Comparison): Promise<number> {
  const aggregates = [...comparison.fold.documents.keys()]
  let compared = 0
  for (let at = 0; at < aggregates.length; at += AGGREGATES_MAX) {
    const asked = aggregates.slice(at, at + AGGREGATES_MAX).flatMap(aggregate => documentsOf(aggregate))
    await compareChunk(asked, comparison)
    compared += asked.length
    comparison.progress(Math.min(at + AGGREGATES_MAX, aggregates.length), aggregates.length)
  }
  return compared
}

/** A document of the views, and its expected content. */
interface Expectation {
  readonly name: string
  readonly kind: "document" | "purchases"
  readonly expected: (fold: AuditFold) => object
  /** What an absent document means. */
  readonly none: object
}

function documentsOf(aggregate: Aggregate): Expectation[] {
  const document: Expectation = {
    name: aggregate,
    kind: "document",
    expected: fold => fold.document(aggregate),
    none: NO_DOCUMENT,
  }
  const parsed = parseAggregate(aggregate)
  if (parsed?.kind !== "player") return [document]
  const purchases: Expectation = {
    name: purchasesName(parsed.id),
    kind: "purchases",
    expected: fold => fold.purchases.get(parsed.id) ?? NO_PURCHASES,
    none: NO_PURCHASES,
  }
  return [document, purchases]
}

async function compareChunk(asked: readonly Expectation[], comparison: Comparison): Promise<void> {
  const { views, fold, findings, foldTo } = comparison
  const answer = await views.read({ documents: asked.map(({ name }) => name), keys: [] })
  await foldTo(answer.checkpoint)
  for (const [i, { name, kind, expected: expectedOf, none }] of asked.entries()) {
    const expected = expectedOf(fold)
    const text = answer.documents[i] ?? null
    if (text !== null) findings.compare(kind, name, expected, parseJson(text))
    else if (!areEqual(expected, none)) {
      findings.add({ kind, subject: name, field: "", expected, found: null })
    }
  }
}
