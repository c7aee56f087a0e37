import { type Aggregate, parseAggregate } from "../domain/aggregates.js"
import type { Genesis } from "../log/commit.js"
import { placedCommands } from "../log/effect.js"
import type { Judged } from "../log/judged.js"
import type { Checkpoint, KeyWrite, ViewWrites } from "../ports/viewStore.js"
import { type Document, foldDocument, NO_DOCUMENT } from "./document.js"
import { FoldedTypes, type TypeLists } from "./foldedTypes.js"
import { encodeKeyEntry } from "./keyEntry.js"
import { firstKeptBucket, keyBucket } from "./keyRetention.js"
import { scoreWrites } from "./leaderboards.js"
import {
  encodePurchases,
  foldPurchases,
  isPurchasesName,
  NO_PURCHASES,
  type Purchases,
  purchasesName,
} from "./purchases.js"

/** The documents that records touch, by name; a document that is not here counts as absent. */
export interface DocumentSet {
  readonly aggregates: Map<Aggregate, Document>
  /** By player id. */
  readonly purchases: Map<string, Purchases>
}

/** The documents that a record changes. */
export function touchedBy({ commit, effect }: Judged): { aggregates: Aggregate[]; players: string[] } {
  if (commit === null) return { aggregates: [], players: [] }
  const aggregates = Object.keys(commit.on).filter(name => !isPurchasesName(name)) as Aggregate[]
  const events = effect?.kind === "events" ? effect.commands.flatMap(command => command.events) : []
  const players = events.filter(({ type }) => type === "SwordBought").map(({ data }) => data.player)
  return { aggregates, players }
}

export interface Projected {
  readonly to: Checkpoint
  readonly writes: ViewWrites
  /** Aggregates that these records froze (R13). */
  readonly frozen: readonly Aggregate[]
}

export interface ProjectionPlace {
  readonly genesis: Genesis
  readonly generation: string
  /** Null: from nothing. */
  readonly from: Checkpoint | null
  /** For a new generation, in milliseconds of key time. */
  readonly keyRetention: number
}

/**
 * Folds judged records, which follow the checkpoint without a gap, into absolute writes and the next checkpoint
 * (R30): the views are the fold of the effective prefix (I4). Pure except for `documents`, which it updates.
 */
export function project(
  records: readonly Judged[],
  documents: DocumentSet,
  place: ProjectionPlace,
): Projected {
  const keyRetention = place.from?.keyRetention ?? place.keyRetention
  const written = new Map<string, string>()
  const before = new Map<Aggregate, Document>()
  const keys: KeyWrite[] = []
  const touchedPlayers = new Set<string>()
  const types = new FoldedTypes(place.from ?? undefined)
  let keyTime = place.from?.keyTime ?? 0

  for (const record of records) {
    keyTime += record.keyStep
    types.take(record.effect)
    const bucket = keyBucket(keyTime, keyRetention)
    const { aggregates, players } = touchedBy(record)
    for (const aggregate of aggregates) {
      const document = documents.aggregates.get(aggregate) ?? NO_DOCUMENT
      if (!before.has(aggregate)) before.set(aggregate, document)
      documents.aggregates.set(aggregate, foldDocument(aggregate, document, record))
    }
    for (const player of new Set(players)) {
      touchedPlayers.add(player)
      const purchases = documents.purchases.get(player) ?? NO_PURCHASES
      documents.purchases.set(player, foldPurchases(player, purchases, record))
    }
    for (const command of placedCommands(record)) {
      keys.push({ bucket, id: command.id, entry: encodeKeyEntry(command) })
    }
  }

  const changed = changes(before, documents)
  for (const { aggregate, after } of changed) written.set(aggregate, JSON.stringify(after))
  for (const player of touchedPlayers) {
    written.set(purchasesName(player), encodePurchases(documents.purchases.get(player) ?? NO_PURCHASES))
  }
  const to = checkpointAfter(records, place, { keyTime, keyRetention, ...types.lists })
  const scores = scoreWrites(
    changed.map(({ before, after }) => ({ before: before.state, after: after.state })),
  )
  return {
    to,
    writes: { documents: written, keys, lists: { guilds: guildList(changed) }, scores },
    frozen: frozenIn(changed),
  }
}

interface Change {
  readonly aggregate: Aggregate
  readonly before: Document
  readonly after: Document
}

function changes(before: ReadonlyMap<Aggregate, Document>, documents: DocumentSet): Change[] {
  return [...before].flatMap(([aggregate, old]) => {
    const after = documents.aggregates.get(aggregate) ?? NO_DOCUMENT
    return after === old ? [] : [{ aggregate, before: old, after }]
  })
}

function guildList(changed: readonly Change[]): { add: string[]; remove: string[] } {
  const add: string[] = []
  const remove: string[] = []
  for (const { aggregate, before, after } of changed) {
    const name = parseAggregate(aggregate)
    if (name?.kind !== "guild") continue
    if (before.state === null && after.state !== null) add.push(name.id)
    if (before.state !== null && after.state === null) remove.push(name.id)
  }
  return { add, remove }
}

function frozenIn(changed: readonly Change[]): Aggregate[] {
  return changed
    .filter(({ before, after }) => !before.frozen && after.frozen)
    .map(({ aggregate }) => aggregate)
}

function checkpointAfter(
  records: readonly Judged[],
  { genesis, generation }: ProjectionPlace,
  { keyTime, keyRetention, folded, frozen }: TypeLists & Pick<Checkpoint, "keyTime" | "keyRetention">,
): Checkpoint {
  const last = records.at(-1)
  if (last === undefined) throw new Error("no records to project")
  return {
    logId: genesis.logId,
    realm: genesis.realm,
    generation,
    offset: last.offset + 1,
    hash: last.hash,
    at: last.at,
    keyTime,
    keyRetention,
    firstBucket: firstKeptBucket(keyTime, keyRetention),
    lastBucket: keyBucket(keyTime, keyRetention),
    folded,
    frozen,
  }
}
