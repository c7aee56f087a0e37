import { type Judged, readJudged } from "../../../src/log/judged.js"
import type { Log } from "../../../src/ports/log.js"
import type { Board, Checkpoint, KeyWrite, ViewStore, ViewWrites } from "../../../src/ports/viewStore.js"
import { generationName } from "../../../src/projections/checkpointText.js"
import { FOLD_VERSION } from "../../../src/projections/foldVersion.js"
import { project } from "../../../src/projections/projection.js"
import { ViewData } from "../../fakes/viewData.js"
import { genesis } from "./world.js"

/** In milliseconds of key time. */
export const KEY_RETENTION = 60_000

/** What is written into the views, for a test to damage. */
export interface Written {
  checkpoint: Checkpoint
  readonly documents: Map<string, string>
  keys: KeyWrite[]
  readonly guilds: Set<string>
  readonly scores: Readonly<Record<Board, Map<string, number>>>
}

/** Everything that the projector would have written up to an offset. */
export async function projected(log: Log, end: number, keyRetention = KEY_RETENTION): Promise<Written> {
  const records = await judgedUpTo(log, end)
  const documents = { aggregates: new Map(), purchases: new Map() }
  const generation = generationName(FOLD_VERSION, 1)
  const { to, writes } = project(records, documents, { genesis, generation, from: null, keyRetention })
  const keys = writes.keys.filter(({ bucket }) => bucket >= to.firstBucket)
  return {
    checkpoint: to,
    documents: new Map(writes.documents),
    keys,
    guilds: new Set(writes.lists.guilds.add),
    scores: {
      gold: scoresOf(writes, "gold"),
      swords: scoresOf(writes, "swords"),
      monsters: scoresOf(writes, "monsters"),
      guildSize: scoresOf(writes, "guildSize"),
    },
  }
}

function scoresOf({ scores }: ViewWrites, board: Board): Map<string, number> {
  return new Map(scores[board].set.map(({ id, score }) => [id, score]))
}

async function judgedUpTo(log: Log, end: number): Promise<Judged[]> {
  const judged: Judged[] = []
  for await (const { records } of readJudged(log, genesis, 0, new AbortController().signal)) {
    judged.push(...records.filter(({ offset }) => offset < end))
    if (judged.length === end) break
  }
  return judged
}

/** A store that holds exactly this. */
export function storeOf(written: Written | null): ViewStore {
  const data = new ViewData()
  if (written !== null) fill(data, written)
  return {
    read: async (foldVersion, request) => data.read(foldVersion, request),
    list: async (foldVersion, list, after, limit) => data.list(foldVersion, list, after, limit),
    top: async (foldVersion, board, limit) => data.top(foldVersion, board, limit),
    swap: async (from, to, writes) => data.swap(from, to, writes),
    usedShare: async () => 0,
    close: async () => {},
  }
}

function fill(data: ViewData, { checkpoint, documents, keys, guilds, scores }: Written): void {
  const lists = { guilds: { add: [...guilds], remove: [] } }
  const writesOf = (board: Board) => ({
    set: [...scores[board]].map(([id, score]) => ({ id, score })),
    remove: [],
  })
  const all = {
    gold: writesOf("gold"),
    swords: writesOf("swords"),
    monsters: writesOf("monsters"),
    guildSize: writesOf("guildSize"),
  }
  data.swap(null, checkpoint, { documents, keys, lists, scores: all })
}
