import { describe, expect, test } from "vitest"
import { type Aggregate, parseAggregate } from "../../src/domain/aggregates.js"
import { eventTypes } from "../../src/domain/events.js"
import { decode, recordHash } from "../../src/log/codec.js"
import { effectOf } from "../../src/log/effect.js"
import type { Judged } from "../../src/log/judged.js"
import { foldDocument } from "../../src/projections/document.js"
import { foldPurchases, NO_PURCHASES } from "../../src/projections/purchases.js"
import { goldenCommits } from "./support/golden.js"

const folded = goldenCommits.flatMap(golden => {
  const { fold, decoded } = golden.twin
  return fold === undefined || decoded.kind !== "commit" ? [] : [{ ...golden, fold, commit: decoded.commit }]
})

describe("a golden record", () => {
  test.each(goldenCommits)("$name decodes to its twin", ({ bytes, twin }) => {
    expect(decode(bytes)).toEqual(twin.decoded)
  })

  test.each(folded)("$name folds to its twin", golden => {
    const { before, after } = golden.fold
    const judged = effective(golden)

    const documents = Object.entries(before).map(([name, document]) => {
      return [name, foldDocument(name as Aggregate, document, judged)]
    })

    expect(Object.fromEntries(documents)).toEqual(after)
  })

  test.each(folded)("$name makes the purchases of its twin", golden => {
    const judged = effective(golden)

    for (const player of playersIn(golden)) {
      const expected = golden.fold.purchases?.[player] ?? NO_PURCHASES
      expect(foldPurchases(player, NO_PURCHASES, judged)).toEqual(expected)
    }
  })
})

describe("the golden records", () => {
  const versions = [...eventTypes.values()].flatMap(({ name, version }) => {
    return Array.from({ length: version }, (_, before) => ({ type: name, v: before + 1 }))
  })

  test.each(versions)("hold $type version $v", ({ type, v }) => {
    const golden = folded.find(({ name }) => name === `${type}.v${v}`)
    const events = golden?.commit.commands.flatMap(command => command.events) ?? []

    expect(events).toContainEqual(expect.objectContaining({ type, v }))
  })
})

type Folded = (typeof folded)[number]

/** An effective commit as the judged reader yields it. */
function effective({ bytes, fold, commit }: Folded): Judged {
  return {
    offset: fold.offset,
    at: fold.at,
    keyStep: 0,
    size: bytes.length,
    hash: recordHash(bytes),
    verdict: "effective",
    commit,
    linked: Object.keys(commit.on) as Aggregate[],
    effect: effectOf(commit),
    reason: null,
  }
}

function playersIn({ commit }: Folded): string[] {
  const aggregates = Object.keys(commit.on).map(parseAggregate)
  return aggregates.flatMap(aggregate => (aggregate?.kind === "player" ? [aggregate.id] : []))
}
