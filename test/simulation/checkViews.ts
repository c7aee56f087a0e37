import { parseAggregate } from "../../src/domain/aggregates.js"
import { recordHash } from "../../src/log/codec.js"
import { eventId } from "../../src/log/effect.js"
import { BOARDS, type Board, type Checkpoint, type Score } from "../../src/ports/viewStore.js"
import { FOLD_VERSION } from "../../src/projections/foldVersion.js"
import { RECENT_MAX } from "../../src/projections/purchases.js"
import type { ViewData } from "../fakes/viewData.js"
import type { Violation } from "./check.js"
import { canonical, same } from "./decisions.js"
import type { History } from "./history.js"
import type { Model, ModelCommand } from "./model.js"

/** I4: the views are the fold of the log before their checkpoint, which never goes back by itself. */
export function checkViews(model: Model, history: History): Violation[] {
  const found = checkCheckpoints(model, history)
  if (history.views === null) return found
  const checkpoint = history.views.checkpoint(FOLD_VERSION)
  if (checkpoint === null) return [...found, differs("there is no checkpoint at the end")]
  return [
    ...found,
    ...checkDocuments(model, history.views, checkpoint.offset),
    ...checkKeys(model, history.views, checkpoint),
    ...checkGuildList(model, history.views, checkpoint.offset),
    ...checkLeaderboards(model, history.views, checkpoint.offset),
  ]
}

function checkCheckpoints(model: Model, { checkpoints, records, keyRetention }: History): Violation[] {
  const found: Violation[] = []
  let before = 0
  for (const checkpoint of checkpoints) {
    const offset = checkpoint?.offset ?? 0
    if (checkpoint !== null && offset <= before) {
      found.push({ rule: "checkpoint went back", message: `from ${before} to ${offset}` })
    }
    before = offset
    // Of a hole nothing is known, so the checkpoint proves the last record before it (R10).
    const record = records.slice(0, offset).findLast(({ bytes }) => bytes.length > 0)
    if (checkpoint === null || record === undefined) continue
    const expected = {
      hash: recordHash(record.bytes),
      at: record.at,
      keyTime: model.keyTime(offset),
      keyRetention,
    }
    const { hash, at, keyTime } = checkpoint
    const got = { hash, at, keyTime, keyRetention: checkpoint.keyRetention }
    if (!same(expected, got))
      found.push(differs(`checkpoint ${offset} ${canonical(got)}`, canonical(expected)))
  }
  return found
}

function checkDocuments(model: Model, views: ViewData, offset: number): Violation[] {
  const expected = new Map<string, unknown>()
  for (const aggregate of model.aggregates) expected.set(aggregate, model.at(aggregate, offset))
  for (const [player, purchases] of purchasesBefore(model, offset)) {
    expected.set(`purchases/${player}`, purchases)
  }
  const names = [...expected.keys()]
  const { documents } = views.read(FOLD_VERSION, { documents: names, keys: [] })
  return names.flatMap((name, i) => {
    const got: unknown = JSON.parse(documents[i] ?? "null")
    return same(got, expected.get(name))
      ? []
      : [differs(`${name} ${canonical(got)}`, canonical(expected.get(name)))]
  })
}

function purchasesBefore(model: Model, end: number): Map<string, { count: number; recent: unknown[] }> {
  const purchases = new Map<string, { count: number; recent: unknown[] }>()
  for (const { offset, at, firstIndex, events } of inOrder(model)) {
    if (offset >= end) continue
    for (const [i, event] of events.entries()) {
      if (event.type !== "SwordBought") continue
      const { player, swordType, price, region, guild } = event.data
      const { count, recent } = purchases.get(player) ?? { count: 0, recent: [] }
      const made = { id: eventId(offset, firstIndex + i), swordType, price, region, guild, at }
      purchases.set(player, { count: count + 1, recent: [made, ...recent].slice(0, RECENT_MAX) })
    }
  }
  return purchases
}

function inOrder(model: Model): ModelCommand[] {
  const commands = [...model.commands.values()].flat()
  return commands.sort((a, b) => a.offset - b.offset || a.firstIndex - b.firstIndex)
}

/** Each key is kept for at least the retention, and is forgotten with its bucket. */
function checkKeys(model: Model, views: ViewData, checkpoint: Checkpoint): Violation[] {
  const { keyTime, keyRetention, offset } = checkpoint
  const last = new Map(
    inOrder(model)
      .filter(command => command.offset < offset)
      .map(one => [one.id, one]),
  )
  const ids = [...last.keys()]
  const { keys } = views.read(FOLD_VERSION, { documents: [], keys: ids })
  return ids.flatMap((id, i) => {
    const command = last.get(id)
    if (command === undefined) return []
    const got: unknown = JSON.parse(keys[i] ?? "null")
    const bucketsAgo =
      Math.floor((2 * keyTime) / keyRetention) - Math.floor((2 * command.keyTime) / keyRetention)
    const { digest, at, firstIndex, events } = command
    const kept = events.map(({ type, v, data }) => ({ type, v, data }))
    const entry = { digest, offset: command.offset, at, firstIndex, events: kept }
    const expected = bucketsAgo <= 2 ? entry : null
    return same(got, expected) ? [] : [differs(`key ${id} ${canonical(got)}`, canonical(expected))]
  })
}

function checkGuildList(model: Model, views: ViewData, offset: number): Violation[] {
  const expected = [...model.aggregates].flatMap(aggregate => {
    const name = parseAggregate(aggregate)
    return name?.kind === "guild" && model.at(aggregate, offset).state !== null ? [name.id] : []
  })
  const { ids } = views.list(FOLD_VERSION, "guilds", null, expected.length + 10)
  return same(ids, expected.sort()) ? [] : [differs(`guilds ${ids.join()}`, expected.join())]
}

function checkLeaderboards(model: Model, views: ViewData, offset: number): Violation[] {
  const expected: Record<Board, Score[]> = { gold: [], swords: [], monsters: [], guildSize: [] }
  for (const aggregate of model.aggregates) {
    const { state } = model.at(aggregate, offset)
    if (state === null) continue
    const { id } = state
    if ("capacity" in state) expected.guildSize.push({ id, score: state.members.length })
    else {
      const swords = Object.values(state.swords).reduce((sum, count) => sum + count, 0)
      expected.gold.push({ id, score: state.gold })
      expected.swords.push({ id, score: swords })
      expected.monsters.push({ id, score: state.monstersBeaten })
    }
  }
  return BOARDS.flatMap(board => {
    const scores = expected[board].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    const got = views.top(FOLD_VERSION, board, scores.length + 10).scores
    return same(got, scores) ? [] : [differs(`leaderboard ${board} ${canonical(got)}`, canonical(scores))]
  })
}

function differs(got: string, expected?: string): Violation {
  return {
    rule: "views differ",
    message: expected === undefined ? got : `found ${got}, expected ${expected}`,
  }
}
